-- The current edit of which address a recipient's forms of a payer and year use.
CREATE TABLE address_code_edits (
    payer_id TEXT COLLATE "C" NOT NULL,
    tax_year INTEGER NOT NULL,
    recipient_id TEXT COLLATE "C" NOT NULL,
    address_code TEXT NOT NULL CHECK (address_code <> ''),
    user_name TEXT NOT NULL,
    reason TEXT NOT NULL CHECK (reason <> ''),
    edit_time TIMESTAMP NOT NULL,
    version BIGINT NOT NULL,
    kept_by_run TEXT COLLATE "C" REFERENCES runs (run_id),
    PRIMARY KEY (payer_id, tax_year, recipient_id)
);
