ALTER TABLE staged_vouchers RENAME TO staged_vouchers_after;
ALTER TABLE staged_voucher_lines RENAME TO staged_voucher_lines_after;
ALTER TABLE staged_payments RENAME TO staged_payments_after;
ALTER TABLE staged_applications RENAME TO staged_applications_after;

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

INSERT INTO staged_vouchers (import_id, position, line, voucher_id, vendor_id, vendor_of_record_id, invoice_number, invoice_date, invoice_amount_cents)
    SELECT i.import_id, a.position, a.line, a.voucher_id, a.vendor_id, a.vendor_of_record_id, a.invoice_number, a.invoice_date, a.invoice_amount_cents
    FROM staged_vouchers_after a JOIN imports i ON i.stage = a.stage;
DROP TABLE staged_vouchers_after;
INSERT INTO staged_voucher_lines (import_id, position, line, voucher_id, line_number, amount_cents, sales_tax_cents, reportable, income_type, relate_to_1, relate_to_2, account_id, accountable_plan)
    SELECT i.import_id, a.position, a.line, a.voucher_id, a.line_number, a.amount_cents, a.sales_tax_cents, a.reportable, a.income_type, a.relate_to_1, a.relate_to_2, a.account_id, a.accountable_plan
    FROM staged_voucher_lines_after a JOIN imports i ON i.stage = a.stage;
DROP TABLE staged_voucher_lines_after;
INSERT INTO staged_payments (import_id, position, line, payment_id, pay_vendor_id, method, payment_date, cash_account_id, amount_cents, federal_tax_withheld_cents, state_tax_withheld_cents, state, void_date, relate_to_1, account_id)
    SELECT i.import_id, a.position, a.line, a.payment_id, a.pay_vendor_id, a.method, a.payment_date, a.cash_account_id, a.amount_cents, a.federal_tax_withheld_cents, a.state_tax_withheld_cents, a.state, a.void_date, a.relate_to_1, a.account_id
    FROM staged_payments_after a JOIN imports i ON i.stage = a.stage;
DROP TABLE staged_payments_after;
INSERT INTO staged_applications (import_id, position, line, payment_id, voucher_id, amount_cents, discount_cents)
    SELECT i.import_id, a.position, a.line, a.payment_id, a.voucher_id, a.amount_cents, a.discount_cents
    FROM staged_applications_after a JOIN imports i ON i.stage = a.stage;
DROP TABLE staged_applications_after;

ALTER TABLE imports DROP COLUMN faultless;
DROP INDEX imports_by_stage;
ALTER TABLE imports DROP COLUMN stage;
