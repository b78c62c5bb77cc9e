-- What one person wants decided about sheets, until another says the same, or it is withdrawn. `attempt` is the last one of the
-- sheet as it stood; `request_id` and `fingerprint` are those of the request, so that a retry decides nothing twice.
CREATE TABLE proposals (
    proposal     TEXT NOT NULL,
    job_id       TEXT NOT NULL REFERENCES jobs (job_id),
    sheet        INTEGER NOT NULL CHECK (sheet > 0),
    attempt      INTEGER NOT NULL,
    verb         TEXT NOT NULL,
    proposed_by  TEXT NOT NULL,
    reason       TEXT NOT NULL,
    proposed_at  TIMESTAMP NOT NULL,
    request_id   TEXT,
    fingerprint  TEXT,
    PRIMARY KEY (job_id, sheet, proposed_by)
);
CREATE INDEX proposals_by_key ON proposals (proposal, sheet);
