-- Which sheets of a job go to which printer, once it was split: every sheet in one share. A job without rows goes to its own
-- printer whole, and is begun in order.
CREATE TABLE job_shares (
    job_id       TEXT NOT NULL REFERENCES jobs (job_id),
    first_sheet  INTEGER NOT NULL CHECK (first_sheet > 0),
    last_sheet   INTEGER NOT NULL CHECK (last_sheet >= first_sheet),
    printer_id   TEXT NOT NULL REFERENCES printers (printer_id),
    PRIMARY KEY (job_id, first_sheet)
);
CREATE INDEX job_shares_of_printer ON job_shares (printer_id, job_id);
