-- Which database this is, the same after it was restored from a backup.
CREATE TABLE database_identity (
    singleton  INTEGER NOT NULL PRIMARY KEY CHECK (singleton = 1),
    id         TEXT NOT NULL
);
-- Up to which line the journal of a data directory, by its id, agrees with this database.
CREATE TABLE journal_marks (
    home  TEXT NOT NULL PRIMARY KEY,
    line  BIGINT NOT NULL CHECK (line >= 0)
);
