-- A type 2 correction is two forms of one account number in one job: the one with CORRECTED, and the right one.
CREATE TABLE job_forms_with_corrects (
    job_id          TEXT NOT NULL REFERENCES jobs (job_id),
    place           INTEGER NOT NULL CHECK (place >= 0),
    account_number  TEXT NOT NULL,
    corrects        BOOLEAN NOT NULL,
    key_version     INTEGER NOT NULL,
    sealed          BLOB NOT NULL,
    PRIMARY KEY (job_id, place),
    UNIQUE (job_id, account_number, corrects)
);
INSERT INTO job_forms_with_corrects (job_id, place, account_number, corrects, key_version, sealed)
SELECT job_id, place, account_number, FALSE, key_version, sealed FROM job_forms;
DROP TABLE job_forms;
ALTER TABLE job_forms_with_corrects RENAME TO job_forms;
