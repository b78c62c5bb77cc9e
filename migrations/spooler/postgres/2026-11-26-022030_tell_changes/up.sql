-- Tells the other daemons of this database what changed, with the commit: `{application_name} job|printer|lease {id}`.
CREATE FUNCTION tell_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('formfeed_spooler', current_setting('application_name') || ' job ' || NEW.job_id);
    RETURN NULL;
END $$;
CREATE TRIGGER jobs_told AFTER INSERT ON jobs FOR EACH ROW EXECUTE FUNCTION tell_job();
CREATE TRIGGER jobs_change_told AFTER UPDATE ON jobs FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION tell_job();
CREATE FUNCTION tell_printer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('formfeed_spooler', current_setting('application_name') || ' printer ' || NEW.printer_id);
    RETURN NULL;
END $$;
CREATE TRIGGER printers_change_told AFTER UPDATE ON printers
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION tell_printer();
CREATE FUNCTION tell_lease() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('formfeed_spooler', current_setting('application_name') || ' lease ' || NEW.printer_id);
    RETURN NULL;
END $$;
CREATE TRIGGER leases_told AFTER INSERT ON leases FOR EACH ROW EXECUTE FUNCTION tell_lease();
CREATE TRIGGER leases_change_told AFTER UPDATE ON leases
    FOR EACH ROW WHEN (OLD.epoch <> NEW.epoch) EXECUTE FUNCTION tell_lease();
