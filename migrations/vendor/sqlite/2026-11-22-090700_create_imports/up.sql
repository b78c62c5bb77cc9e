-- The digest covers TINs, of which there are few enough to try them all: it is sealed as they are.
CREATE TABLE imports (
    import_id TEXT PRIMARY KEY NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('staging', 'staged', 'published')),
    staging_id TEXT NOT NULL,
    has_faults BOOLEAN NOT NULL,
    digest_key_version INTEGER,
    digest_sealed BLOB,
    create_time TIMESTAMP NOT NULL,
    update_time TIMESTAMP NOT NULL,
    CHECK ((digest_key_version IS NULL) = (digest_sealed IS NULL))
);

CREATE TABLE import_files (
    import_id TEXT NOT NULL REFERENCES imports (import_id),
    file TEXT NOT NULL,
    new_records BIGINT NOT NULL,
    changed_records BIGINT NOT NULL,
    same_records BIGINT NOT NULL,
    PRIMARY KEY (import_id, file)
);
