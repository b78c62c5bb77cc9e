-- Results by run: seen by nobody until `published_recipients` names the run.
CREATE TABLE run_recipients (
    run_id TEXT COLLATE "C" NOT NULL REFERENCES runs (run_id),
    recipient_id TEXT COLLATE "C" NOT NULL,
    vendor_version BIGINT NOT NULL,
    address_code TEXT NOT NULL,
    recipient_name TEXT NOT NULL,
    skipped_reason TEXT NOT NULL,
    skipped_explanation TEXT NOT NULL,
    PRIMARY KEY (run_id, recipient_id)
);

CREATE TABLE information (
    run_id TEXT COLLATE "C" NOT NULL REFERENCES runs (run_id),
    recipient_id TEXT COLLATE "C" NOT NULL,
    position INTEGER NOT NULL,
    income_type TEXT NOT NULL,
    total_1099_amount_cents BIGINT NOT NULL,
    taxable_amount_cents BIGINT NOT NULL,
    PRIMARY KEY (run_id, recipient_id, position)
);

CREATE TABLE exceptions (
    run_id TEXT COLLATE "C" NOT NULL REFERENCES runs (run_id),
    recipient_id TEXT COLLATE "C" NOT NULL,
    position INTEGER NOT NULL,
    reason TEXT NOT NULL,
    explanation TEXT NOT NULL,
    payment_id TEXT COLLATE "C" NOT NULL,
    voucher_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (run_id, recipient_id, position)
);

CREATE TABLE traces (
    run_id TEXT COLLATE "C" NOT NULL REFERENCES runs (run_id),
    recipient_id TEXT COLLATE "C" NOT NULL,
    trace TEXT NOT NULL,
    PRIMARY KEY (run_id, recipient_id)
);
