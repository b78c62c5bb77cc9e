-- Private to a run at work, deleted when it ends: the vendors as it saw them, and what reached whom.
CREATE TABLE run_vendors (
    run_id TEXT COLLATE "C" NOT NULL REFERENCES runs (run_id),
    vendor_id TEXT COLLATE "C" NOT NULL,
    pay_vendor_id TEXT COLLATE "C" NOT NULL,
    flag_1099 TEXT NOT NULL CHECK (flag_1099 IN ('Y', 'N', 'D')),
    classification TEXT NOT NULL,
    default_income_type TEXT NOT NULL,
    default_relate_to TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    address_code TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (run_id, vendor_id)
);

CREATE TABLE run_work (
    run_id TEXT COLLATE "C" NOT NULL REFERENCES runs (run_id),
    recipient_id TEXT COLLATE "C" NOT NULL,
    voucher_id TEXT COLLATE "C" NOT NULL,
    payment_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (run_id, recipient_id, voucher_id, payment_id)
);

-- Kept with the result, to tell later whether newer history touches it.
CREATE TABLE run_cash_accounts (
    run_id TEXT COLLATE "C" NOT NULL REFERENCES runs (run_id),
    cash_account_id TEXT COLLATE "C" NOT NULL,
    payer_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (run_id, cash_account_id)
);
