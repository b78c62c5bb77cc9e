-- Who did what: a chain in which each entry bears the hash of the one before, keyed by a file outside the database.
CREATE TABLE audit_entries (
    sequence BIGINT PRIMARY KEY NOT NULL CHECK (sequence > 0),
    entry_time TIMESTAMP NOT NULL,
    user_name TEXT NOT NULL,
    token_name TEXT COLLATE "C" NOT NULL,
    request_id TEXT NOT NULL,
    action TEXT COLLATE "C" NOT NULL CHECK (action <> ''),
    subject TEXT COLLATE "C" NOT NULL,
    details TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE INDEX audit_entries_by_action ON audit_entries (action, token_name, entry_time);
