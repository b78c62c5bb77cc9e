DROP TABLE run_work;
CREATE TABLE run_work (
    run_id TEXT NOT NULL REFERENCES runs (run_id),
    recipient_id TEXT NOT NULL,
    voucher_id TEXT NOT NULL,
    payment_id TEXT NOT NULL,
    PRIMARY KEY (run_id, recipient_id, voucher_id, payment_id)
) WITHOUT ROWID;
DROP INDEX payments_by_pay_vendor;
CREATE INDEX payments_by_pay_vendor ON payments (pay_vendor_id, payment_id);
CREATE INDEX payments_by_date ON payments (cash_account_id, payment_date);
