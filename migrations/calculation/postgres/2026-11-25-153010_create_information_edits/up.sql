-- The current edit of a row of 1099 information, beside what runs calculate. Vendor version, address code and name are those
-- of when it was made, for a row that no run made.
CREATE TABLE information_edits (
    payer_id TEXT COLLATE "C" NOT NULL,
    tax_year INTEGER NOT NULL,
    recipient_id TEXT COLLATE "C" NOT NULL,
    position INTEGER NOT NULL,
    income_type TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('changed', 'added', 'deleted')),
    taxable_amount_cents BIGINT NOT NULL CHECK (taxable_amount_cents BETWEEN 0 AND 999999999999),
    cash_tips_cents BIGINT NOT NULL CHECK (cash_tips_cents >= 0),
    overtime_cents BIGINT NOT NULL CHECK (overtime_cents >= 0),
    occupation_codes TEXT NOT NULL,
    calculated_amount_cents BIGINT,
    vendor_version BIGINT NOT NULL,
    address_code TEXT NOT NULL,
    recipient_name TEXT NOT NULL,
    user_name TEXT NOT NULL,
    reason TEXT NOT NULL CHECK (reason <> ''),
    edit_time TIMESTAMP NOT NULL,
    version BIGINT NOT NULL,
    kept_by_run TEXT COLLATE "C" REFERENCES runs (run_id),
    PRIMARY KEY (payer_id, tax_year, recipient_id, position),
    CHECK (cash_tips_cents + overtime_cents <= taxable_amount_cents)
);
