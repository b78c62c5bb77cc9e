DROP TRIGGER audit_head_stay ON audit_head;
DROP TRIGGER audit_head_same ON audit_head;
DROP TRIGGER audit_head_next ON audit_head;
DROP TRIGGER audit_entries_stay ON audit_entries;
DROP TRIGGER audit_entries_same ON audit_entries;
DROP TRIGGER audit_entries_next ON audit_entries;
DROP FUNCTION audit_head_next();
DROP FUNCTION audit_entries_guard();
DROP FUNCTION audit_entries_next();
