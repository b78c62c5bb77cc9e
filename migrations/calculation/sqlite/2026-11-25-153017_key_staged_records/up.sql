-- Staged records lie in the order of their keys, under a small number of their import: nothing but a key has to be kept
-- up while they come in, and they become history in the order in which history lies.
ALTER TABLE imports ADD COLUMN stage BIGINT NOT NULL DEFAULT 0;
UPDATE imports SET stage = (SELECT COUNT(*) FROM imports o WHERE o.import_id <= imports.import_id);
CREATE UNIQUE INDEX imports_by_stage ON imports (stage);
-- Whether all of it was staged without a fault of its own.
ALTER TABLE imports ADD COLUMN faultless BOOLEAN NOT NULL DEFAULT FALSE;

ALTER TABLE staged_vouchers RENAME TO staged_vouchers_before;
CREATE TABLE staged_vouchers (
    stage BIGINT NOT NULL,
    voucher_id TEXT NOT NULL,
    vendor_id TEXT NOT NULL,
    vendor_of_record_id TEXT NOT NULL,
    invoice_number TEXT NOT NULL,
    invoice_date DATE,
    invoice_amount_cents BIGINT NOT NULL,
    position BIGINT NOT NULL,
    line INTEGER NOT NULL,
    PRIMARY KEY (stage, voucher_id, position)
) WITHOUT ROWID;
INSERT INTO staged_vouchers (stage, voucher_id, vendor_id, vendor_of_record_id, invoice_number, invoice_date, invoice_amount_cents, position, line)
    SELECT i.stage, b.voucher_id, b.vendor_id, b.vendor_of_record_id, b.invoice_number, b.invoice_date, b.invoice_amount_cents, b.position, b.line
    FROM staged_vouchers_before b JOIN imports i ON i.import_id = b.import_id;
DROP TABLE staged_vouchers_before;

ALTER TABLE staged_voucher_lines RENAME TO staged_voucher_lines_before;
CREATE TABLE staged_voucher_lines (
    stage BIGINT NOT NULL,
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
    position BIGINT NOT NULL,
    line INTEGER NOT NULL,
    PRIMARY KEY (stage, voucher_id, line_number, position)
) WITHOUT ROWID;
INSERT INTO staged_voucher_lines (stage, voucher_id, line_number, amount_cents, sales_tax_cents, reportable, income_type, relate_to_1, relate_to_2, account_id, accountable_plan, position, line)
    SELECT i.stage, b.voucher_id, b.line_number, b.amount_cents, b.sales_tax_cents, b.reportable, b.income_type, b.relate_to_1, b.relate_to_2, b.account_id, b.accountable_plan, b.position, b.line
    FROM staged_voucher_lines_before b JOIN imports i ON i.import_id = b.import_id;
DROP TABLE staged_voucher_lines_before;

ALTER TABLE staged_payments RENAME TO staged_payments_before;
CREATE TABLE staged_payments (
    stage BIGINT NOT NULL,
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
    position BIGINT NOT NULL,
    line INTEGER NOT NULL,
    PRIMARY KEY (stage, payment_id, position)
) WITHOUT ROWID;
INSERT INTO staged_payments (stage, payment_id, pay_vendor_id, method, payment_date, cash_account_id, amount_cents, federal_tax_withheld_cents, state_tax_withheld_cents, state, void_date, relate_to_1, account_id, position, line)
    SELECT i.stage, b.payment_id, b.pay_vendor_id, b.method, b.payment_date, b.cash_account_id, b.amount_cents, b.federal_tax_withheld_cents, b.state_tax_withheld_cents, b.state, b.void_date, b.relate_to_1, b.account_id, b.position, b.line
    FROM staged_payments_before b JOIN imports i ON i.import_id = b.import_id;
DROP TABLE staged_payments_before;

ALTER TABLE staged_applications RENAME TO staged_applications_before;
CREATE TABLE staged_applications (
    stage BIGINT NOT NULL,
    payment_id TEXT NOT NULL,
    voucher_id TEXT NOT NULL,
    amount_cents BIGINT NOT NULL,
    discount_cents BIGINT NOT NULL,
    position BIGINT NOT NULL,
    line INTEGER NOT NULL,
    PRIMARY KEY (stage, payment_id, voucher_id, position)
) WITHOUT ROWID;
INSERT INTO staged_applications (stage, payment_id, voucher_id, amount_cents, discount_cents, position, line)
    SELECT i.stage, b.payment_id, b.voucher_id, b.amount_cents, b.discount_cents, b.position, b.line
    FROM staged_applications_before b JOIN imports i ON i.import_id = b.import_id;
DROP TABLE staged_applications_before;
