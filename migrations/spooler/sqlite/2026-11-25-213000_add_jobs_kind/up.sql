-- What a job puts on its sheets: forms, or the one Form 1096 that travels with forms. Of Form 1096 `forms` is 1, the sealed
-- row in job_forms, and every amount 0: it is no form of theirs.
ALTER TABLE jobs ADD COLUMN kind TEXT NOT NULL DEFAULT 'forms' CHECK (kind IN ('forms', 'transmittal'));
