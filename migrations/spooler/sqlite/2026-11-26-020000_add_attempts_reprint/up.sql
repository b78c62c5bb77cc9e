-- The decision that let a sheet be printed again after this attempt, which marked paper that is no good.
ALTER TABLE attempts ADD COLUMN reprint TEXT CHECK (reprint IS NULL OR state IN ('spoiled', 'lost'));
-- What may be printed again.
DROP INDEX attempts_returned;
CREATE INDEX attempts_returned ON attempts (job_id, sheet)
    WHERE (state IN ('released', 'not_printed') OR reprint IS NOT NULL);
