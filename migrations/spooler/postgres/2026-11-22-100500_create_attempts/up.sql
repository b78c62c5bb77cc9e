-- Every try to put a sheet on paper.
CREATE TABLE attempts (
    job_id      TEXT NOT NULL,
    sheet       INTEGER NOT NULL,
    number      INTEGER NOT NULL CHECK (number > 0),
    state       TEXT NOT NULL CHECK (state IN ('reserved', 'intent', 'in_flight', 'awaiting_confirmation', 'good',
                                               'in_doubt', 'spoiled', 'lost', 'not_printed', 'released')),
    printer_id  TEXT NOT NULL REFERENCES printers (printer_id),
    load_id     TEXT REFERENCES stock_loads (load_id),
    device_job  TEXT NOT NULL,
    token       TEXT NOT NULL,
    evidence    TEXT NOT NULL,
    basis       TEXT CHECK (basis IN ('device', 'operator', 'sent')),
    decided_by  TEXT,
    reason      TEXT,
    created_at  TIMESTAMP NOT NULL,
    updated_at  TIMESTAMP NOT NULL,
    PRIMARY KEY (job_id, sheet, number),
    FOREIGN KEY (job_id, sheet) REFERENCES sheets (job_id, number),
    CHECK ((state = 'good') = (basis IS NOT NULL)),
    CHECK (state NOT IN ('spoiled', 'lost', 'not_printed') OR (decided_by IS NOT NULL AND reason IS NOT NULL))
);
-- A second live attempt of a sheet, or one of a sheet that is good, is impossible.
CREATE UNIQUE INDEX attempts_holding_a_sheet ON attempts (job_id, sheet)
    WHERE state IN ('reserved', 'intent', 'in_flight', 'awaiting_confirmation', 'in_doubt', 'good');
CREATE INDEX attempts_by_token ON attempts (token);
-- What is under way or undecided on a printer.
CREATE INDEX attempts_open ON attempts (printer_id, state)
    WHERE state IN ('reserved', 'intent', 'in_flight', 'awaiting_confirmation', 'in_doubt');
CREATE INDEX attempts_by_load ON attempts (load_id, state);
-- What may be printed again.
CREATE INDEX attempts_returned ON attempts (job_id, sheet) WHERE state IN ('released', 'not_printed');
