CREATE TABLE job_forms_without_corrects (
    job_id          TEXT NOT NULL REFERENCES jobs (job_id),
    place           INTEGER NOT NULL CHECK (place >= 0),
    account_number  TEXT NOT NULL,
    key_version     INTEGER NOT NULL,
    sealed          BLOB NOT NULL,
    PRIMARY KEY (job_id, place),
    UNIQUE (job_id, account_number)
);
INSERT INTO job_forms_without_corrects (job_id, place, account_number, key_version, sealed)
SELECT job_id, place, account_number, key_version, sealed FROM job_forms;
DROP TABLE job_forms;
ALTER TABLE job_forms_without_corrects RENAME TO job_forms;
