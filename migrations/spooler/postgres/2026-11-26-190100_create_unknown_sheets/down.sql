DROP TRIGGER attempts_serial_unknown ON attempts;
DROP FUNCTION attempts_serial_unknown_guard();
DROP TABLE unknown_sheets;
DROP FUNCTION count_unknown_sheets();
