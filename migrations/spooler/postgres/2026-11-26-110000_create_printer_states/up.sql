-- What a printer was up to, in words, as whoever drove it saw it: the last thousand entries of each printer.
CREATE TABLE printer_states (
    printer_id TEXT NOT NULL REFERENCES printers (printer_id),
    sequence   BIGINT NOT NULL CHECK (sequence > 0),
    at         TIMESTAMP NOT NULL,
    state      TEXT NOT NULL,
    reasons    TEXT NOT NULL,
    PRIMARY KEY (printer_id, sequence)
);
