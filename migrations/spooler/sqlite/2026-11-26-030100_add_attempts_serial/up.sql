-- The serial number of the sheet that an attempt takes from numbered stock, reserved with it.
ALTER TABLE attempts ADD COLUMN serial BIGINT;
-- Two attempts cannot have one sheet of paper: a number is free again once its attempt is known not to have marked it.
CREATE UNIQUE INDEX attempts_holding_a_serial ON attempts (load_id, serial)
    WHERE serial IS NOT NULL AND state NOT IN ('released', 'not_printed');
CREATE INDEX attempts_by_serial ON attempts (load_id, serial);
-- The number is one of the load's, there is one just where the load has numbers, and it stays.
CREATE TRIGGER attempts_serial BEFORE INSERT ON attempts WHEN
        (NEW.load_id IS NULL AND NEW.serial IS NOT NULL) OR
        (NEW.load_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM stock_loads l WHERE l.load_id = NEW.load_id AND (
            (l.first_serial IS NULL AND NEW.serial IS NULL) OR
            NEW.serial BETWEEN l.first_serial AND l.first_serial + l.sheets - 1)))
BEGIN
    SELECT RAISE(ABORT, 'no serial number of that load');
END;
CREATE TRIGGER attempts_serial_stays BEFORE UPDATE OF load_id, serial ON attempts
    WHEN NEW.load_id IS NOT OLD.load_id OR NEW.serial IS NOT OLD.serial
BEGIN
    SELECT RAISE(ABORT, 'the sheet of stock of an attempt stays');
END;
