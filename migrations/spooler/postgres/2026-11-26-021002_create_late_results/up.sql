-- What a device said of attempts after a person had decided about them. The decisions stand.
CREATE TABLE late_results (
    token     TEXT NOT NULL PRIMARY KEY,
    job_id    TEXT NOT NULL REFERENCES jobs (job_id),
    evidence  TEXT NOT NULL,
    noted_at  TIMESTAMP NOT NULL
);
