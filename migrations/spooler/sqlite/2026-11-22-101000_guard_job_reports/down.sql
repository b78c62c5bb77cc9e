DROP TRIGGER job_reports_same;
DROP TRIGGER job_reports_stay;
