DROP TRIGGER information_changes_stay;
DROP TRIGGER information_changes_same;
DROP TRIGGER information_changes_once;
