-- A sheet that was marked is printed again, a good one withdrawn, and a sheet given up, only beside a person's decision about
-- that very attempt. Decisions are kept as they were made; versions of a final report follow one another.
CREATE OR REPLACE FUNCTION attempts_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'attempts are kept for ever';
    ELSIF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'reserved' OR NEW.reprint IS NOT NULL THEN
            RAISE EXCEPTION 'an attempt starts as reserved';
        ELSIF EXISTS (SELECT 1 FROM attempts a WHERE a.job_id = NEW.job_id AND a.sheet = NEW.sheet
                AND a.state IN ('spoiled', 'lost') AND a.reprint IS NULL)
            OR EXISTS (SELECT 1 FROM abandoned_sheets s WHERE s.job_id = NEW.job_id AND s.sheet = NEW.sheet) THEN
            RAISE EXCEPTION 'a sheet is printed again by decision only';
        END IF;
    ELSIF NOT (
        (OLD.state = 'reserved' AND NEW.state IN ('intent', 'released')) OR
        (OLD.state = 'intent' AND NEW.state IN ('in_flight', 'in_doubt', 'released')) OR
        (OLD.state = 'in_flight' AND NEW.state IN ('good', 'awaiting_confirmation', 'in_doubt')) OR
        (OLD.state = 'awaiting_confirmation' AND NEW.state IN ('good', 'spoiled', 'lost', 'not_printed')) OR
        (OLD.state = 'in_doubt' AND NEW.state IN ('good', 'spoiled', 'lost', 'not_printed')) OR
        (OLD.state = 'good' AND EXISTS (SELECT 1 FROM decisions d WHERE d.job_id = NEW.job_id AND d.sheet = NEW.sheet
            AND d.attempt = NEW.number AND (
                (NEW.state = 'spoiled' AND d.verb IN ('reprint', 'restart', 'correct-spoiled')) OR
                (NEW.state = 'lost' AND d.verb = 'correct-lost') OR
                (NEW.state = 'not_printed' AND d.verb = 'correct-not-printed'))))) THEN
        RAISE EXCEPTION 'no such step in the life of an attempt';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION attempts_reprint_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.reprint IS DISTINCT FROM OLD.reprint AND (
        OLD.reprint IS NOT NULL OR NOT EXISTS (SELECT 1 FROM decisions d WHERE d.decision_id = NEW.reprint
            AND d.job_id = NEW.job_id AND d.sheet = NEW.sheet AND d.attempt = NEW.number
            AND d.verb IN ('reprint', 'restart'))) THEN
        RAISE EXCEPTION 'a sheet is printed again by decision only';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER attempts_reprint BEFORE UPDATE OF reprint ON attempts FOR EACH ROW EXECUTE FUNCTION attempts_reprint_guard();
CREATE FUNCTION abandoned_sheets_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM decisions d WHERE d.decision_id = NEW.decision_id AND d.job_id = NEW.job_id
            AND d.sheet = NEW.sheet AND d.verb = 'abandon')
        OR EXISTS (SELECT 1 FROM attempts a WHERE a.job_id = NEW.job_id AND a.sheet = NEW.sheet
            AND a.state IN ('reserved', 'intent', 'in_flight', 'awaiting_confirmation', 'in_doubt', 'good')) THEN
        RAISE EXCEPTION 'a sheet is given up by decision only, and never one that is good or may be';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER abandoned_sheets_start BEFORE INSERT ON abandoned_sheets FOR EACH ROW EXECUTE FUNCTION abandoned_sheets_guard();
CREATE FUNCTION decisions_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was decided stays';
END $$;
CREATE TRIGGER abandoned_sheets_same BEFORE UPDATE OR DELETE ON abandoned_sheets FOR EACH ROW EXECUTE FUNCTION decisions_guard();
CREATE TRIGGER decisions_same BEFORE UPDATE OR DELETE ON decisions FOR EACH ROW EXECUTE FUNCTION decisions_guard();
CREATE FUNCTION job_reports_next_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.version <> 1 + (SELECT COALESCE(MAX(r.version), 0) FROM job_reports r WHERE r.job_id = NEW.job_id) THEN
        RAISE EXCEPTION 'versions of a report follow one another';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER job_reports_next BEFORE INSERT ON job_reports FOR EACH ROW EXECUTE FUNCTION job_reports_next_guard();
