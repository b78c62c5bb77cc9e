DROP TABLE run_work;
CREATE TABLE run_work (
    run_id TEXT COLLATE "C" NOT NULL REFERENCES runs (run_id),
    recipient_id TEXT COLLATE "C" NOT NULL,
    voucher_id TEXT COLLATE "C" NOT NULL,
    payment_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (run_id, recipient_id, voucher_id, payment_id)
);
DROP INDEX payments_by_pay_vendor;
CREATE INDEX payments_by_pay_vendor ON payments (pay_vendor_id, payment_id);
CREATE INDEX payments_by_date ON payments (cash_account_id, payment_date);
