ALTER TABLE jobs ADD COLUMN kind_of_sheet TEXT NOT NULL DEFAULT 'forms' CHECK (kind_of_sheet IN ('forms', 'transmittal'));
UPDATE jobs SET kind_of_sheet = kind;
ALTER TABLE jobs DROP COLUMN kind;
ALTER TABLE jobs RENAME COLUMN kind_of_sheet TO kind;
