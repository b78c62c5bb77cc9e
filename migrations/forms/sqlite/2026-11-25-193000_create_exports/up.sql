-- One electronic file of a payer's forms. The file itself is not kept: it holds numbers in full. What it held is known by its digest.
CREATE TABLE exports (
    export_id TEXT PRIMARY KEY NOT NULL,
    request_id TEXT NOT NULL UNIQUE,
    fingerprint TEXT NOT NULL,
    payer_id TEXT NOT NULL,
    tax_year INTEGER NOT NULL,
    form_type TEXT NOT NULL CHECK (form_type IN ('nec', 'misc')),
    format TEXT NOT NULL CHECK (format IN ('iris-xml', 'iris-csv', 'fire')),
    is_test BOOLEAN NOT NULL,
    forms BIGINT NOT NULL CHECK (forms > 0),
    total_cents BIGINT NOT NULL,
    federal_withheld_cents BIGINT NOT NULL,
    files INTEGER NOT NULL CHECK (files > 0),
    digest TEXT NOT NULL,
    user_name TEXT NOT NULL,
    again_reason TEXT NOT NULL,
    create_time TIMESTAMP NOT NULL
);

-- Without a reason, the forms of a payer, year and type are filed electronically once; tests do not count.
CREATE UNIQUE INDEX exports_first ON exports (payer_id, tax_year, form_type)
WHERE again_reason = '' AND is_test = FALSE;
