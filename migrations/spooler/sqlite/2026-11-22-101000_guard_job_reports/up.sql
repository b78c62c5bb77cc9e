-- A final report never changes; a correction is another version.
CREATE TRIGGER job_reports_stay BEFORE DELETE ON job_reports
BEGIN
    SELECT RAISE(ABORT, 'final reports are kept for ever');
END;
CREATE TRIGGER job_reports_same BEFORE UPDATE ON job_reports
BEGIN
    SELECT RAISE(ABORT, 'final reports never change');
END;
