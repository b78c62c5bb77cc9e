-- Who did what, when and why: every action of a person.
CREATE TABLE decisions (
    decision_id  TEXT NOT NULL PRIMARY KEY,
    verb         TEXT NOT NULL,
    job_id       TEXT REFERENCES jobs (job_id),
    sheet        INTEGER,
    attempt      INTEGER,
    printer_id   TEXT REFERENCES printers (printer_id),
    decided_by   TEXT NOT NULL,
    reason       TEXT NOT NULL,
    decided_at   TIMESTAMP NOT NULL
);
CREATE INDEX decisions_by_job ON decisions (job_id, decision_id);
