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

CREATE TABLE traces (
    run_id TEXT NOT NULL REFERENCES runs (run_id),
    recipient_id TEXT NOT NULL,
    trace TEXT NOT NULL,
    PRIMARY KEY (run_id, recipient_id)
);
