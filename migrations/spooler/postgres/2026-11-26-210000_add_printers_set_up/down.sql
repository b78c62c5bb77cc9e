ALTER TABLE printers DROP COLUMN approved_by;
ALTER TABLE printers DROP COLUMN changed_by;
ALTER TABLE printers DROP COLUMN changes;
