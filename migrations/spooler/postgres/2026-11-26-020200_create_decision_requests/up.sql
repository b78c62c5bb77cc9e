-- Requests to decide, so that a retry decides nothing twice.
CREATE TABLE decision_requests (
    request_id   TEXT NOT NULL PRIMARY KEY,
    job_id       TEXT NOT NULL REFERENCES jobs (job_id),
    fingerprint  TEXT NOT NULL,
    created_at   TIMESTAMP NOT NULL
);
