-- Private to a run at work, deleted when it ends: the vendors as it saw them, and what reached whom.
CREATE TABLE run_vendors (
    run_id TEXT NOT NULL REFERENCES runs (run_id),
    vendor_id TEXT NOT NULL,
    pay_vendor_id TEXT NOT NULL,
    flag_1099 TEXT NOT NULL CHECK (flag_1099 IN ('Y', 'N', 'D')),
    classification TEXT NOT NULL,
    default_income_type TEXT NOT NULL,
    default_relate_to TEXT NOT NULL,
    version BIGINT NOT NULL,
    address_code TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (run_id, vendor_id)
) WITHOUT ROWID;

CREATE TABLE run_work (
    run_id TEXT NOT NULL REFERENCES runs (run_id),
    recipient_id TEXT NOT NULL,
    voucher_id TEXT NOT NULL,
    payment_id TEXT NOT NULL,
    PRIMARY KEY (run_id, recipient_id, voucher_id, payment_id)
) WITHOUT ROWID;

-- Kept with the result, to tell later whether newer history touches it.
CREATE TABLE run_cash_accounts (
    run_id TEXT NOT NULL REFERENCES runs (run_id),
    cash_account_id TEXT NOT NULL,
    payer_id TEXT NOT NULL,
    PRIMARY KEY (run_id, cash_account_id)
) WITHOUT ROWID;
