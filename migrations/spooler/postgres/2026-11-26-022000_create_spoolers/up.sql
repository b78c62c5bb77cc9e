-- The daemons of this database, by name. `seen_at` is their last sign of life by the database's own clock; none once they
-- stopped in good order. `home` is their data directory's id, `instance` their present run, `key_check` the key that seals forms.
CREATE TABLE spoolers (
    spooler     TEXT NOT NULL PRIMARY KEY,
    home        TEXT NOT NULL,
    instance    TEXT NOT NULL,
    address     TEXT NOT NULL,
    key_check   TEXT NOT NULL,
    life_ms     INTEGER NOT NULL CHECK (life_ms > 0),
    started_at  TIMESTAMP NOT NULL,
    seen_at     TIMESTAMP
);
