DROP INDEX attempts_undecided;
DROP INDEX jobs_by_payer;
DROP INDEX job_forms_by_account;
