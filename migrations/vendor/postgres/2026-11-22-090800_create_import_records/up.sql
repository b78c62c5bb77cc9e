-- A record without content could not be read: it counts as existing, and bars publication.
CREATE TABLE import_records (
    import_id TEXT COLLATE "C" NOT NULL REFERENCES imports (import_id),
    file TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    line INTEGER NOT NULL,
    content TEXT,
    tin_key_version INTEGER,
    tin_sealed BYTEA,
    PRIMARY KEY (import_id, file, key),
    CHECK ((tin_key_version IS NULL) = (tin_sealed IS NULL))
);
