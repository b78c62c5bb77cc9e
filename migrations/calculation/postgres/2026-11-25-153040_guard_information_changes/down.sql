DROP TRIGGER information_changes_stay ON information_changes;
DROP TRIGGER information_changes_same ON information_changes;
DROP FUNCTION information_changes_guard();
