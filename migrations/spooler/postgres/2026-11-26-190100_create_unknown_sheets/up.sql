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
CREATE FUNCTION count_unknown_sheets() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM stock_loads WHERE load_id = NEW.load_id FOR NO KEY UPDATE;
    INSERT INTO stock_taken (load_id, kind, state, sheets) VALUES (NEW.load_id, 'forms', 'lost', 1)
        ON CONFLICT (load_id, kind, state) DO UPDATE SET sheets = stock_taken.sheets + 1;
    RETURN NULL;
END $$;
CREATE TRIGGER unknown_sheets_take_stock AFTER INSERT ON unknown_sheets
    FOR EACH ROW WHEN (NEW.load_id IS NOT NULL) EXECUTE FUNCTION count_unknown_sheets();
CREATE TRIGGER unknown_sheets_same BEFORE UPDATE OR DELETE ON unknown_sheets FOR EACH ROW EXECUTE FUNCTION decisions_guard();
CREATE FUNCTION attempts_serial_unknown_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM unknown_sheets u WHERE u.load_id = NEW.load_id AND u.serial = NEW.serial) THEN
        RAISE EXCEPTION 'the serial number was used by a job that is not known';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER attempts_serial_unknown BEFORE INSERT ON attempts
    FOR EACH ROW WHEN (NEW.serial IS NOT NULL) EXECUTE FUNCTION attempts_serial_unknown_guard();
