-- A final report never changes; a correction is another version.
CREATE FUNCTION job_reports_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'final reports never change';
END $$;
CREATE TRIGGER job_reports_same BEFORE UPDATE OR DELETE ON job_reports FOR EACH ROW EXECUTE FUNCTION job_reports_guard();
