-- The sealed snapshot: from here on only this is printed. In the clear is what reports and lists need.
CREATE TABLE job_forms (
    job_id          TEXT NOT NULL REFERENCES jobs (job_id),
    place           INTEGER NOT NULL CHECK (place >= 0),
    account_number  TEXT NOT NULL,
    key_version     INTEGER NOT NULL,
    sealed          BLOB NOT NULL,
    PRIMARY KEY (job_id, place),
    UNIQUE (job_id, account_number)
);
