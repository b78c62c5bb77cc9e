-- A sheet that was marked is printed again, a good one withdrawn, and a sheet given up, only beside a person's decision about
-- that very attempt. Decisions are kept as they were made; versions of a final report follow one another.
DROP TRIGGER attempts_start;
DROP TRIGGER attempts_step;
CREATE TRIGGER attempts_start BEFORE INSERT ON attempts WHEN NEW.state <> 'reserved' OR NEW.reprint IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'an attempt starts as reserved');
END;
CREATE TRIGGER attempts_again BEFORE INSERT ON attempts WHEN
    EXISTS (SELECT 1 FROM attempts a WHERE a.job_id = NEW.job_id AND a.sheet = NEW.sheet
        AND a.state IN ('spoiled', 'lost') AND a.reprint IS NULL) OR
    EXISTS (SELECT 1 FROM abandoned_sheets s WHERE s.job_id = NEW.job_id AND s.sheet = NEW.sheet)
BEGIN
    SELECT RAISE(ABORT, 'a sheet is printed again by decision only');
END;
CREATE TRIGGER attempts_step BEFORE UPDATE OF state ON attempts WHEN NOT (
        (OLD.state = 'reserved' AND NEW.state IN ('intent', 'released')) OR
        (OLD.state = 'intent' AND NEW.state IN ('in_flight', 'in_doubt', 'released')) OR
        (OLD.state = 'in_flight' AND NEW.state IN ('good', 'awaiting_confirmation', 'in_doubt')) OR
        (OLD.state = 'awaiting_confirmation' AND NEW.state IN ('good', 'spoiled', 'lost', 'not_printed')) OR
        (OLD.state = 'in_doubt' AND NEW.state IN ('good', 'spoiled', 'lost', 'not_printed')) OR
        (OLD.state = 'good' AND EXISTS (SELECT 1 FROM decisions d WHERE d.job_id = NEW.job_id AND d.sheet = NEW.sheet
            AND d.attempt = NEW.number AND (
                (NEW.state = 'spoiled' AND d.verb IN ('reprint', 'restart', 'correct-spoiled')) OR
                (NEW.state = 'lost' AND d.verb = 'correct-lost') OR
                (NEW.state = 'not_printed' AND d.verb = 'correct-not-printed')))))
BEGIN
    SELECT RAISE(ABORT, 'no such step in the life of an attempt');
END;
CREATE TRIGGER attempts_reprint BEFORE UPDATE OF reprint ON attempts WHEN NEW.reprint IS NOT OLD.reprint AND (
    OLD.reprint IS NOT NULL OR NOT EXISTS (SELECT 1 FROM decisions d WHERE d.decision_id = NEW.reprint
        AND d.job_id = NEW.job_id AND d.sheet = NEW.sheet AND d.attempt = NEW.number AND d.verb IN ('reprint', 'restart')))
BEGIN
    SELECT RAISE(ABORT, 'a sheet is printed again by decision only');
END;
CREATE TRIGGER abandoned_sheets_start BEFORE INSERT ON abandoned_sheets WHEN
    NOT EXISTS (SELECT 1 FROM decisions d WHERE d.decision_id = NEW.decision_id AND d.job_id = NEW.job_id
        AND d.sheet = NEW.sheet AND d.verb = 'abandon') OR
    EXISTS (SELECT 1 FROM attempts a WHERE a.job_id = NEW.job_id AND a.sheet = NEW.sheet
        AND a.state IN ('reserved', 'intent', 'in_flight', 'awaiting_confirmation', 'in_doubt', 'good'))
BEGIN
    SELECT RAISE(ABORT, 'a sheet is given up by decision only, and never one that is good or may be');
END;
CREATE TRIGGER abandoned_sheets_same BEFORE UPDATE ON abandoned_sheets
BEGIN
    SELECT RAISE(ABORT, 'what was decided stays');
END;
CREATE TRIGGER abandoned_sheets_stay BEFORE DELETE ON abandoned_sheets
BEGIN
    SELECT RAISE(ABORT, 'what was decided stays');
END;
CREATE TRIGGER decisions_same BEFORE UPDATE ON decisions
BEGIN
    SELECT RAISE(ABORT, 'what was decided stays');
END;
CREATE TRIGGER decisions_stay BEFORE DELETE ON decisions
BEGIN
    SELECT RAISE(ABORT, 'what was decided stays');
END;
CREATE TRIGGER job_reports_next BEFORE INSERT ON job_reports WHEN
    NEW.version <> 1 + (SELECT COALESCE(MAX(r.version), 0) FROM job_reports r WHERE r.job_id = NEW.job_id)
BEGIN
    SELECT RAISE(ABORT, 'versions of a report follow one another');
END;
