-- Sheets of stock that were printed before this database, an older one, was put back, on jobs that it does not know; told by
-- a spooler's journal. They count as lost. `load_id` is NULL where the load is not known either.
CREATE TABLE unknown_sheets (
    token       TEXT NOT NULL,
    sheet       INTEGER NOT NULL CHECK (sheet > 0),
    number      INTEGER NOT NULL CHECK (number > 0),
    job_id      TEXT NOT NULL,
    printer_id  TEXT NOT NULL REFERENCES printers (printer_id),
    load_id     TEXT REFERENCES stock_loads (load_id),
    serial      BIGINT,
    noted_by    TEXT NOT NULL,
    noted_at    TIMESTAMP NOT NULL,
    PRIMARY KEY (token, sheet, number)
);
CREATE UNIQUE INDEX unknown_sheets_holding_a_serial ON unknown_sheets (load_id, serial);
CREATE TRIGGER unknown_sheets_take_stock AFTER INSERT ON unknown_sheets WHEN NEW.load_id IS NOT NULL
BEGIN
    INSERT INTO stock_taken (load_id, kind, state, sheets) VALUES (NEW.load_id, 'forms', 'lost', 1)
        ON CONFLICT (load_id, kind, state) DO UPDATE SET sheets = sheets + 1;
END;
CREATE TRIGGER unknown_sheets_same BEFORE UPDATE ON unknown_sheets
BEGIN
    SELECT RAISE(ABORT, 'what was decided stays');
END;
CREATE TRIGGER unknown_sheets_stay BEFORE DELETE ON unknown_sheets
BEGIN
    SELECT RAISE(ABORT, 'what was decided stays');
END;
CREATE TRIGGER attempts_serial_unknown BEFORE INSERT ON attempts WHEN NEW.serial IS NOT NULL
    AND EXISTS (SELECT 1 FROM unknown_sheets u WHERE u.load_id = NEW.load_id AND u.serial = NEW.serial)
BEGIN
    SELECT RAISE(ABORT, 'the serial number was used by a job that is not known');
END;
