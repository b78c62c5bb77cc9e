-- Sheets that their job ends without, each by a decision.
CREATE TABLE abandoned_sheets (
    job_id       TEXT NOT NULL,
    sheet        INTEGER NOT NULL,
    decision_id  TEXT NOT NULL REFERENCES decisions (decision_id),
    PRIMARY KEY (job_id, sheet),
    FOREIGN KEY (job_id, sheet) REFERENCES sheets (job_id, number)
);
