-- How printers are reached beyond their URI: whom they are told we are, the password sealed, and the certificate they must show.
CREATE TABLE printer_access (
    printer_id         TEXT NOT NULL PRIMARY KEY REFERENCES printers (printer_id),
    login              TEXT,
    key_version        INTEGER,
    sealed             BYTEA,
    in_clear           BOOLEAN NOT NULL,
    certificate        TEXT CHECK (length(certificate) = 64),
    CHECK ((login IS NULL) = (sealed IS NULL)),
    CHECK ((login IS NULL) = (key_version IS NULL))
);
