DROP TRIGGER job_reports_same ON job_reports;
DROP FUNCTION job_reports_guard();
