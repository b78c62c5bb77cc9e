-- What happened to a job, in order.
CREATE TABLE job_events (
    job_id    TEXT NOT NULL REFERENCES jobs (job_id),
    sequence  BIGINT NOT NULL CHECK (sequence > 0),
    at        TIMESTAMP NOT NULL,
    kind      TEXT NOT NULL,
    message   TEXT NOT NULL,
    sheet     INTEGER,
    PRIMARY KEY (job_id, sequence)
);
