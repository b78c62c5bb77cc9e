ALTER TABLE printer_access DROP COLUMN address;
