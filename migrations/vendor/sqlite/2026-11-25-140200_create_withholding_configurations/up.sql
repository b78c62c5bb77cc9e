-- No rate of its own is the law's rate on the day of payment.
CREATE TABLE withholding_configurations (
    effective_date DATE PRIMARY KEY NOT NULL,
    rate_basis_points INTEGER CHECK (rate_basis_points BETWEEN 1 AND 10000),
    remit_to_vendor_id TEXT REFERENCES vendors (vendor_id),
    posting_code TEXT NOT NULL,
    object_code TEXT NOT NULL,
    revision BIGINT NOT NULL CHECK (revision > 0),
    create_time TIMESTAMP NOT NULL,
    update_time TIMESTAMP NOT NULL
);

CREATE TABLE withholding_further_types (
    effective_date DATE NOT NULL REFERENCES withholding_configurations (effective_date),
    place INTEGER NOT NULL CHECK (place > 0),
    further_type_id TEXT NOT NULL,
    description TEXT NOT NULL,
    rate_basis_points INTEGER NOT NULL CHECK (rate_basis_points BETWEEN 1 AND 10000),
    remit_to_vendor_id TEXT REFERENCES vendors (vendor_id),
    posting_code TEXT NOT NULL,
    object_code TEXT NOT NULL,
    PRIMARY KEY (effective_date, place),
    UNIQUE (effective_date, further_type_id)
);
