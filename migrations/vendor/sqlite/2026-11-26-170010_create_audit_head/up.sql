-- Where the chain of audit entries ends; who writes the next one holds this row.
CREATE TABLE audit_head (
    head_id INTEGER PRIMARY KEY NOT NULL CHECK (head_id = 1),
    sequence BIGINT NOT NULL,
    hash TEXT NOT NULL,
    seal TEXT NOT NULL,
    key_check TEXT NOT NULL
);
