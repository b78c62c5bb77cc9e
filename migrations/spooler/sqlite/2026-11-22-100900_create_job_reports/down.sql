DROP TABLE job_reports;
