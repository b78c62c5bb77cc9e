ALTER TABLE jobs DROP COLUMN format_year;
