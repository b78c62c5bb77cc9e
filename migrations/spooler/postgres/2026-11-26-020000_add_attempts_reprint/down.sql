DROP INDEX attempts_returned;
CREATE INDEX attempts_returned ON attempts (job_id, sheet) WHERE state IN ('released', 'not_printed');
ALTER TABLE attempts DROP COLUMN reprint;
