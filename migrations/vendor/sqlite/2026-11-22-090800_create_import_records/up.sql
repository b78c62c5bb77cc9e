-- A record without content could not be read: it counts as existing, and bars publication.
CREATE TABLE import_records (
    import_id TEXT NOT NULL REFERENCES imports (import_id),
    file TEXT NOT NULL,
    key TEXT NOT NULL,
    line INTEGER NOT NULL,
    content TEXT,
    tin_key_version INTEGER,
    tin_sealed BLOB,
    PRIMARY KEY (import_id, file, key),
    CHECK ((tin_key_version IS NULL) = (tin_sealed IS NULL))
);
