DROP TRIGGER attempts_serial_stays;
DROP TRIGGER attempts_serial;
DROP INDEX attempts_by_serial;
DROP INDEX attempts_holding_a_serial;
ALTER TABLE attempts DROP COLUMN serial;
