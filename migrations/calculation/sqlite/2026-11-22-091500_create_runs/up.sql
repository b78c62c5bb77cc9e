CREATE TABLE runs (
    run_id TEXT NOT NULL PRIMARY KEY,
    user_name TEXT NOT NULL,
    request_id TEXT NOT NULL,
    payer_id TEXT NOT NULL,
    tax_year INTEGER NOT NULL,
    method TEXT NOT NULL,
    from_recipient_id TEXT NOT NULL,
    to_recipient_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('RUNNING', 'COMPLETED', 'FAILED', 'CANCELED')),
    failure TEXT NOT NULL,
    import_sequence BIGINT NOT NULL,
    recipients BIGINT NOT NULL,
    information_rows BIGINT NOT NULL,
    skipped BIGINT NOT NULL,
    exceptions BIGINT NOT NULL,
    taxable_amount_cents BIGINT NOT NULL,
    federal_tax_withheld_cents BIGINT NOT NULL,
    state_tax_withheld_cents BIGINT NOT NULL,
    create_time TIMESTAMP NOT NULL,
    end_time TIMESTAMP,
    UNIQUE (user_name, request_id),
    CHECK ((state = 'RUNNING') = (end_time IS NULL))
);
-- One run at a time for each user.
CREATE UNIQUE INDEX runs_one_at_work ON runs (user_name) WHERE state = 'RUNNING';
