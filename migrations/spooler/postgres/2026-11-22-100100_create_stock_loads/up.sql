-- Form stock put into printers; the newest of a printer is loaded. What is on hand is derived from attempts.
CREATE TABLE stock_loads (
    load_id      TEXT NOT NULL PRIMARY KEY,
    printer_id   TEXT NOT NULL REFERENCES printers (printer_id),
    stock        TEXT NOT NULL,
    sheets       INTEGER CHECK (sheets >= 0),
    loaded_by    TEXT NOT NULL,
    loaded_at    TIMESTAMP NOT NULL
);
CREATE INDEX stock_loads_by_printer ON stock_loads (printer_id, load_id);
