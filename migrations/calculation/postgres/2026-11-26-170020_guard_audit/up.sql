-- The chain only grows, by its next entry.
CREATE FUNCTION audit_entries_next() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM audit_head WHERE sequence + 1 = NEW.sequence AND hash = NEW.previous_hash) THEN
        RAISE EXCEPTION 'an audit entry follows the last one';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION audit_entries_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit entries are kept for ever and never rewritten';
END $$;
CREATE FUNCTION audit_head_next() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.sequence <> OLD.sequence + 1 OR NEW.key_check <> OLD.key_check THEN
        RAISE EXCEPTION 'the chain of audit entries only grows';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_entries_next BEFORE INSERT ON audit_entries FOR EACH ROW EXECUTE FUNCTION audit_entries_next();
CREATE TRIGGER audit_entries_same BEFORE UPDATE OR DELETE ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION audit_entries_guard();
CREATE TRIGGER audit_entries_stay BEFORE TRUNCATE ON audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_guard();
CREATE TRIGGER audit_head_next BEFORE UPDATE ON audit_head FOR EACH ROW EXECUTE FUNCTION audit_head_next();
CREATE TRIGGER audit_head_same BEFORE DELETE ON audit_head FOR EACH ROW EXECUTE FUNCTION audit_entries_guard();
CREATE TRIGGER audit_head_stay BEFORE TRUNCATE ON audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_guard();
