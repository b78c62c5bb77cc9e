-- Test sheets are jobs too: they hold no form and name no payer. Their `forms` is 1, and every amount 0.
-- SQLite changes the check of a column only with the column.
ALTER TABLE jobs ADD COLUMN kind_of_sheet TEXT NOT NULL DEFAULT 'forms'
    CHECK (kind_of_sheet IN ('forms', 'transmittal', 'alignment', 'calibration'));
UPDATE jobs SET kind_of_sheet = kind;
ALTER TABLE jobs DROP COLUMN kind;
ALTER TABLE jobs RENAME COLUMN kind_of_sheet TO kind;
