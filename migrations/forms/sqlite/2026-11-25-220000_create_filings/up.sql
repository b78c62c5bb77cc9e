-- One batch of forms as it was filed: a printing of Copy A or an electronic file, by its key. `copies` files nothing: it is
-- another copy of a batch of corrections. `options` are the payer's choices that made the forms.
CREATE TABLE filings (
    filing_id TEXT PRIMARY KEY NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('printing', 'export')),
    kind TEXT NOT NULL CHECK (kind IN ('originals', 'corrections', 'copies')),
    payer_id TEXT NOT NULL,
    tax_year INTEGER NOT NULL,
    form_type TEXT NOT NULL CHECK (form_type IN ('nec', 'misc')),
    options TEXT NOT NULL,
    reason TEXT NOT NULL,
    not_sent_reason TEXT NOT NULL,
    not_sent_by TEXT NOT NULL,
    create_time TIMESTAMP NOT NULL
);

CREATE INDEX filings_by_year ON filings (payer_id, tax_year, filing_id);
