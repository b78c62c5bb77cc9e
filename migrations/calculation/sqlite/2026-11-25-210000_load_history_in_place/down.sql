DELETE FROM vouchers WHERE NOT EXISTS (SELECT 1 FROM imports WHERE sequence IS NOT NULL);
DELETE FROM voucher_lines WHERE NOT EXISTS (SELECT 1 FROM imports WHERE sequence IS NOT NULL);
DELETE FROM payments WHERE NOT EXISTS (SELECT 1 FROM imports WHERE sequence IS NOT NULL);
DELETE FROM payment_applications WHERE NOT EXISTS (SELECT 1 FROM imports WHERE sequence IS NOT NULL);
UPDATE imports SET state = 'STAGING' WHERE in_place;

ALTER TABLE vouchers RENAME TO vouchers_before;
DROP INDEX vouchers_by_vendor;
DROP INDEX vouchers_by_vendor_of_record;
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
INSERT INTO vouchers (voucher_id, from_sequence, until_sequence, vendor_id, vendor_of_record_id, invoice_number, invoice_date, invoice_amount_cents)
    SELECT voucher_id, from_sequence, until_sequence, vendor_id, vendor_of_record_id, invoice_number, invoice_date, invoice_amount_cents
    FROM vouchers_before;
DROP TABLE vouchers_before;
CREATE INDEX vouchers_by_vendor ON vouchers (vendor_id, voucher_id);
CREATE INDEX vouchers_by_vendor_of_record ON vouchers (vendor_of_record_id, voucher_id) WHERE vendor_of_record_id <> '';

ALTER TABLE voucher_lines RENAME TO voucher_lines_before;
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
INSERT INTO voucher_lines (voucher_id, line_number, from_sequence, until_sequence, amount_cents, sales_tax_cents, reportable, income_type, relate_to_1, relate_to_2, account_id, accountable_plan)
    SELECT voucher_id, line_number, from_sequence, until_sequence, amount_cents, sales_tax_cents, reportable, income_type, relate_to_1, relate_to_2, account_id, accountable_plan
    FROM voucher_lines_before;
DROP TABLE voucher_lines_before;

ALTER TABLE payments RENAME TO payments_before;
DROP INDEX payments_by_pay_vendor;
CREATE TABLE payments (
    payment_id TEXT NOT NULL,
    from_sequence BIGINT NOT NULL REFERENCES imports (sequence),
    until_sequence BIGINT,
    pay_vendor_id TEXT NOT NULL,
    method TEXT NOT NULL CHECK (method IN ('check', 'ach', 'wire', 'cash', 'zelle', 'venmo_personal', 'credit_card',
        'debit_card', 'purchasing_card', 'paypal', 'stripe', 'other_third_party_network')),
    payment_date DATE NOT NULL,
    cash_account_id TEXT NOT NULL,
    amount_cents BIGINT NOT NULL,
    federal_tax_withheld_cents BIGINT NOT NULL,
    state_tax_withheld_cents BIGINT NOT NULL,
    state TEXT NOT NULL,
    void_date DATE,
    relate_to_1 TEXT NOT NULL,
    account_id TEXT NOT NULL,
    PRIMARY KEY (payment_id, from_sequence)
) WITHOUT ROWID;
INSERT INTO payments (payment_id, from_sequence, until_sequence, pay_vendor_id, method, payment_date, cash_account_id, amount_cents, federal_tax_withheld_cents, state_tax_withheld_cents, state, void_date, relate_to_1, account_id)
    SELECT payment_id, from_sequence, until_sequence, pay_vendor_id, method, payment_date, cash_account_id, amount_cents, federal_tax_withheld_cents, state_tax_withheld_cents, state, void_date, relate_to_1, account_id
    FROM payments_before;
DROP TABLE payments_before;
CREATE INDEX payments_by_pay_vendor ON payments
    (pay_vendor_id, payment_date, cash_account_id, from_sequence, until_sequence);

ALTER TABLE payment_applications RENAME TO payment_applications_before;
DROP INDEX payment_applications_by_voucher;
CREATE TABLE payment_applications (
    payment_id TEXT NOT NULL,
    voucher_id TEXT NOT NULL,
    from_sequence BIGINT NOT NULL REFERENCES imports (sequence),
    until_sequence BIGINT,
    amount_cents BIGINT NOT NULL,
    discount_cents BIGINT NOT NULL,
    PRIMARY KEY (payment_id, voucher_id, from_sequence)
) WITHOUT ROWID;
INSERT INTO payment_applications (payment_id, voucher_id, from_sequence, until_sequence, amount_cents, discount_cents)
    SELECT payment_id, voucher_id, from_sequence, until_sequence, amount_cents, discount_cents
    FROM payment_applications_before;
DROP TABLE payment_applications_before;
CREATE INDEX payment_applications_by_voucher ON payment_applications (voucher_id, payment_id);
DROP INDEX imports_one_in_place;
ALTER TABLE imports DROP COLUMN in_place;
