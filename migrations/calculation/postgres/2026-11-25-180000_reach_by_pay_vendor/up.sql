-- A run goes through the payments in the order of their pay vendors, and finds who was paid in the index alone.
DROP INDEX payments_by_date;
DROP INDEX payments_by_pay_vendor;
CREATE INDEX payments_by_pay_vendor ON payments
    (pay_vendor_id, payment_date, cash_account_id, from_sequence, until_sequence);

-- Only what reached somebody whom the payment does not name has to be noted. Private to a run at work.
DROP TABLE run_work;
CREATE TABLE run_work (
    run_id TEXT COLLATE "C" NOT NULL REFERENCES runs (run_id),
    recipient_id TEXT COLLATE "C" NOT NULL,
    payment_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (run_id, recipient_id, payment_id)
);
