DROP TRIGGER job_reports_next;
DROP TRIGGER decisions_stay;
DROP TRIGGER decisions_same;
DROP TRIGGER abandoned_sheets_stay;
DROP TRIGGER abandoned_sheets_same;
DROP TRIGGER abandoned_sheets_start;
DROP TRIGGER attempts_reprint;
DROP TRIGGER attempts_step;
DROP TRIGGER attempts_again;
DROP TRIGGER attempts_start;
CREATE TRIGGER attempts_start BEFORE INSERT ON attempts WHEN NEW.state <> 'reserved'
BEGIN
    SELECT RAISE(ABORT, 'an attempt starts as reserved');
END;
CREATE TRIGGER attempts_step BEFORE UPDATE OF state ON attempts WHEN NOT (
        (OLD.state = 'reserved' AND NEW.state IN ('intent', 'released')) OR
        (OLD.state = 'intent' AND NEW.state IN ('in_flight', 'in_doubt', 'released')) OR
        (OLD.state = 'in_flight' AND NEW.state IN ('good', 'awaiting_confirmation', 'in_doubt')) OR
        (OLD.state = 'awaiting_confirmation' AND NEW.state IN ('good', 'spoiled', 'lost', 'not_printed')) OR
        (OLD.state = 'in_doubt' AND NEW.state IN ('good', 'spoiled', 'lost', 'not_printed')))
BEGIN
    SELECT RAISE(ABORT, 'no such step in the life of an attempt');
END;
