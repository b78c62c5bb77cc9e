ALTER TABLE printings DROP COLUMN format_year;
