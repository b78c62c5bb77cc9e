-- The keys that seal this database's secrets, and the one that makes digests; each wrapped by the master key, which is
-- never here. Master keys are told from each other by master_check. An older key stays: backups and rows that were sealed
-- while it was replaced still open.
CREATE TABLE data_keys (
    purpose TEXT NOT NULL CHECK (purpose IN ('seal', 'index')),
    version INTEGER NOT NULL CHECK (version > 0),
    wrapped BYTEA NOT NULL,
    master_check TEXT NOT NULL,
    create_time TIMESTAMP NOT NULL,
    settle_time TIMESTAMP,
    PRIMARY KEY (purpose, version)
);
