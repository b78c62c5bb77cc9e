-- The forms of a job may be printed in another year's revision; NULL is their own year's.
ALTER TABLE jobs ADD COLUMN format_year INTEGER;
