DROP TRIGGER attempts_serial_unknown;
DROP TABLE unknown_sheets;
