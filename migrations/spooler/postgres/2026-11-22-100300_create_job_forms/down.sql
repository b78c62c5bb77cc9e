DROP TABLE job_forms;
