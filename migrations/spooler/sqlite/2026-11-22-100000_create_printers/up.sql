-- Printers. A removed one keeps its row: jobs and loads refer to it.
CREATE TABLE printers (
    printer_id   TEXT NOT NULL PRIMARY KEY CHECK (length(printer_id) BETWEEN 1 AND 40),
    uri          TEXT NOT NULL,
    dialect      TEXT,
    evidence     TEXT CHECK (evidence IN ('device', 'operator', 'sent')),
    paused       TEXT,
    request_id   TEXT NOT NULL UNIQUE,
    fingerprint  TEXT NOT NULL,
    removed_at   TIMESTAMP,
    created_at   TIMESTAMP NOT NULL,
    updated_at   TIMESTAMP NOT NULL,
    version      BIGINT NOT NULL
);
