DROP TRIGGER audit_head_stay;
DROP TRIGGER audit_head_next;
DROP TRIGGER audit_head_once;
DROP TRIGGER audit_entries_stay;
DROP TRIGGER audit_entries_same;
DROP TRIGGER audit_entries_next;
