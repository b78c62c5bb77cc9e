-- Final reports, kept for ever as they were given.
CREATE TABLE job_reports (
    job_id      TEXT NOT NULL REFERENCES jobs (job_id),
    version     INTEGER NOT NULL CHECK (version > 0),
    content     TEXT NOT NULL,
    created_at  TIMESTAMP NOT NULL,
    PRIMARY KEY (job_id, version)
);
