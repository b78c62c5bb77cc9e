-- The chain only grows, by its next entry. INSERT OR REPLACE would rewrite one without an UPDATE.
CREATE TRIGGER audit_entries_next BEFORE INSERT ON audit_entries WHEN NOT EXISTS (
    SELECT 1 FROM audit_head WHERE sequence + 1 = NEW.sequence AND hash = NEW.previous_hash)
BEGIN
    SELECT RAISE(ABORT, 'an audit entry follows the last one');
END;
CREATE TRIGGER audit_entries_same BEFORE UPDATE ON audit_entries
BEGIN
    SELECT RAISE(ABORT, 'audit entries are never rewritten');
END;
CREATE TRIGGER audit_entries_stay BEFORE DELETE ON audit_entries
BEGIN
    SELECT RAISE(ABORT, 'audit entries are kept for ever');
END;
CREATE TRIGGER audit_head_once BEFORE INSERT ON audit_head WHEN EXISTS (SELECT 1 FROM audit_head)
BEGIN
    SELECT RAISE(ABORT, 'the chain of audit entries has one end');
END;
CREATE TRIGGER audit_head_next BEFORE UPDATE ON audit_head
    WHEN NEW.sequence <> OLD.sequence + 1 OR NEW.key_check <> OLD.key_check
BEGIN
    SELECT RAISE(ABORT, 'the chain of audit entries only grows');
END;
CREATE TRIGGER audit_head_stay BEFORE DELETE ON audit_head
BEGIN
    SELECT RAISE(ABORT, 'the chain of audit entries is kept for ever');
END;
