-- Sheets as planned. Their state is derived from attempts and never stored.
CREATE TABLE sheets (
    job_id         TEXT NOT NULL REFERENCES jobs (job_id),
    number         INTEGER NOT NULL CHECK (number > 0),
    first_form     INTEGER NOT NULL CHECK (first_form >= 0),
    forms          INTEGER NOT NULL CHECK (forms > 0),
    void_forms     INTEGER NOT NULL CHECK (void_forms >= 0),
    total_cents    BIGINT NOT NULL,
    federal_cents  BIGINT NOT NULL,
    state_cents    BIGINT NOT NULL,
    PRIMARY KEY (job_id, number)
);
