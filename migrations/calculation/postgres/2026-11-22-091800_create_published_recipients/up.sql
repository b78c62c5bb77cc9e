-- Which run's results stand for a recipient of a payer and year; exceptions of nobody stand under a blank recipient.
CREATE TABLE published_recipients (
    payer_id TEXT COLLATE "C" NOT NULL,
    tax_year INTEGER NOT NULL,
    recipient_id TEXT COLLATE "C" NOT NULL,
    run_id TEXT COLLATE "C" NOT NULL REFERENCES runs (run_id),
    PRIMARY KEY (payer_id, tax_year, recipient_id)
);
CREATE INDEX published_recipients_by_run ON published_recipients (run_id);
