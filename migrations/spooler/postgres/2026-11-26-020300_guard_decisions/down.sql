DROP TRIGGER job_reports_next ON job_reports;
DROP FUNCTION job_reports_next_guard();
DROP TRIGGER decisions_same ON decisions;
DROP TRIGGER abandoned_sheets_same ON abandoned_sheets;
DROP FUNCTION decisions_guard();
DROP TRIGGER abandoned_sheets_start ON abandoned_sheets;
DROP FUNCTION abandoned_sheets_guard();
DROP TRIGGER attempts_reprint ON attempts;
DROP FUNCTION attempts_reprint_guard();
CREATE OR REPLACE FUNCTION attempts_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'attempts are kept for ever';
    ELSIF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'reserved' THEN
            RAISE EXCEPTION 'an attempt starts as reserved';
        END IF;
    ELSIF NOT (
        (OLD.state = 'reserved' AND NEW.state IN ('intent', 'released')) OR
        (OLD.state = 'intent' AND NEW.state IN ('in_flight', 'in_doubt', 'released')) OR
        (OLD.state = 'in_flight' AND NEW.state IN ('good', 'awaiting_confirmation', 'in_doubt')) OR
        (OLD.state = 'awaiting_confirmation' AND NEW.state IN ('good', 'spoiled', 'lost', 'not_printed')) OR
        (OLD.state = 'in_doubt' AND NEW.state IN ('good', 'spoiled', 'lost', 'not_printed'))) THEN
        RAISE EXCEPTION 'no such step in the life of an attempt';
    END IF;
    RETURN NEW;
END $$;
