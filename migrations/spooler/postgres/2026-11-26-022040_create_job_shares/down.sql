DROP TABLE job_shares;
