-- History is history: no change is ever rewritten or taken out.
CREATE FUNCTION information_changes_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'changes of the 1099 information are kept for ever and never rewritten';
END $$;
CREATE TRIGGER information_changes_same BEFORE UPDATE OR DELETE ON information_changes
    FOR EACH ROW EXECUTE FUNCTION information_changes_guard();
CREATE TRIGGER information_changes_stay BEFORE TRUNCATE ON information_changes
    FOR EACH STATEMENT EXECUTE FUNCTION information_changes_guard();
