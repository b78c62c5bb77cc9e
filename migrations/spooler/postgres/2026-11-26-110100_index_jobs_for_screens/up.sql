-- Search by recipient, by payer and year, and what waits for a decision.
CREATE INDEX job_forms_by_account ON job_forms (account_number, job_id);
CREATE INDEX jobs_by_payer ON jobs (payer_id, tax_year, job_id);
CREATE INDEX attempts_undecided ON attempts (updated_at)
    WHERE state IN ('in_doubt', 'awaiting_confirmation', 'spoiled', 'lost');
