DROP TRIGGER attempts_serial_stays ON attempts;
DROP TRIGGER attempts_serial ON attempts;
DROP FUNCTION attempts_serial_guard();
DROP INDEX attempts_by_serial;
DROP INDEX attempts_holding_a_serial;
ALTER TABLE attempts DROP COLUMN serial;
