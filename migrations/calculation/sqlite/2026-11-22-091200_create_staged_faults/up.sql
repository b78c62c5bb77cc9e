-- Records that could not be read: they count as existing for references, and bar publication.
CREATE TABLE staged_unreadable (
    import_id TEXT NOT NULL REFERENCES imports (import_id),
    position BIGINT NOT NULL,
    line INTEGER NOT NULL,
    file TEXT NOT NULL,
    record_key TEXT NOT NULL,
    PRIMARY KEY (import_id, position)
) WITHOUT ROWID;
CREATE INDEX staged_unreadable_by_key ON staged_unreadable (import_id, file, record_key);

-- What is wrong with single records, found while they were staged.
CREATE TABLE staged_faults (
    import_id TEXT NOT NULL REFERENCES imports (import_id),
    position BIGINT NOT NULL,
    file TEXT NOT NULL,
    line INTEGER NOT NULL,
    column_name TEXT NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (import_id, position)
) WITHOUT ROWID;
