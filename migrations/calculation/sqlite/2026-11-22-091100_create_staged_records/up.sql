CREATE TABLE staged_vouchers (
    import_id TEXT NOT NULL REFERENCES imports (import_id),
    position BIGINT NOT NULL,
    line INTEGER NOT NULL,
    voucher_id TEXT NOT NULL,
    vendor_id TEXT NOT NULL,
    vendor_of_record_id TEXT NOT NULL,
    invoice_number TEXT NOT NULL,
    invoice_date DATE,
    invoice_amount_cents BIGINT NOT NULL,
    PRIMARY KEY (import_id, position)
) WITHOUT ROWID;
CREATE INDEX staged_vouchers_by_key ON staged_vouchers (import_id, voucher_id);

CREATE TABLE staged_voucher_lines (
    import_id TEXT NOT NULL REFERENCES imports (import_id),
    position BIGINT NOT NULL,
    line INTEGER NOT NULL,
    voucher_id TEXT NOT NULL,
    line_number INTEGER NOT NULL,
    amount_cents BIGINT NOT NULL,
    sales_tax_cents BIGINT NOT NULL,
    reportable BOOLEAN NOT NULL,
    income_type TEXT NOT NULL,
    relate_to_1 TEXT NOT NULL,
    relate_to_2 TEXT NOT NULL,
    account_id TEXT NOT NULL,
    accountable_plan BOOLEAN NOT NULL,
    PRIMARY KEY (import_id, position)
) WITHOUT ROWID;
CREATE INDEX staged_voucher_lines_by_key ON staged_voucher_lines (import_id, voucher_id, line_number);

CREATE TABLE staged_payments (
    import_id TEXT NOT NULL REFERENCES imports (import_id),
    position BIGINT NOT NULL,
    line INTEGER NOT NULL,
    payment_id TEXT NOT NULL,
    pay_vendor_id TEXT NOT NULL,
    method TEXT NOT NULL,
    payment_date DATE NOT NULL,
    cash_account_id TEXT NOT NULL,
    amount_cents BIGINT NOT NULL,
    federal_tax_withheld_cents BIGINT NOT NULL,
    state_tax_withheld_cents BIGINT NOT NULL,
    state TEXT NOT NULL,
    void_date DATE,
    relate_to_1 TEXT NOT NULL,
    account_id TEXT NOT NULL,
    PRIMARY KEY (import_id, position)
) WITHOUT ROWID;
CREATE INDEX staged_payments_by_key ON staged_payments (import_id, payment_id);

CREATE TABLE staged_applications (
    import_id TEXT NOT NULL REFERENCES imports (import_id),
    position BIGINT NOT NULL,
    line INTEGER NOT NULL,
    payment_id TEXT NOT NULL,
    voucher_id TEXT NOT NULL,
    amount_cents BIGINT NOT NULL,
    discount_cents BIGINT NOT NULL,
    PRIMARY KEY (import_id, position)
) WITHOUT ROWID;
CREATE INDEX staged_applications_by_key ON staged_applications (import_id, payment_id, voucher_id);
