-- Versioned by import: a version holds from its sequence until the one that replaced it (NULL: current).
CREATE TABLE vouchers (
    voucher_id TEXT NOT NULL,
    from_sequence BIGINT NOT NULL REFERENCES imports (sequence),
    until_sequence BIGINT,
    vendor_id TEXT NOT NULL,
    vendor_of_record_id TEXT NOT NULL,
    invoice_number TEXT NOT NULL,
    invoice_date DATE,
    invoice_amount_cents BIGINT NOT NULL,
    PRIMARY KEY (voucher_id, from_sequence)
) WITHOUT ROWID;
CREATE INDEX vouchers_by_vendor ON vouchers (vendor_id, voucher_id);

CREATE TABLE voucher_lines (
    voucher_id TEXT NOT NULL,
    line_number INTEGER NOT NULL,
    from_sequence BIGINT NOT NULL REFERENCES imports (sequence),
    until_sequence BIGINT,
    amount_cents BIGINT NOT NULL,
    sales_tax_cents BIGINT NOT NULL,
    reportable BOOLEAN NOT NULL,
    income_type TEXT NOT NULL,
    relate_to_1 TEXT NOT NULL,
    relate_to_2 TEXT NOT NULL,
    account_id TEXT NOT NULL,
    accountable_plan BOOLEAN NOT NULL,
    PRIMARY KEY (voucher_id, line_number, from_sequence)
) WITHOUT ROWID;
