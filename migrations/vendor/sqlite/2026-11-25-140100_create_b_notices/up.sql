CREATE TABLE b_notices (
    vendor_id TEXT NOT NULL REFERENCES vendors (vendor_id),
    b_notice_id TEXT NOT NULL,
    payer_id TEXT NOT NULL REFERENCES payers (payer_id),
    notice_date DATE NOT NULL,
    received_date DATE NOT NULL,
    tax_year INTEGER NOT NULL CHECK (tax_year BETWEEN 1990 AND 2100),
    note TEXT NOT NULL,
    revision BIGINT NOT NULL CHECK (revision > 0),
    create_time TIMESTAMP NOT NULL,
    update_time TIMESTAMP NOT NULL,
    PRIMARY KEY (vendor_id, b_notice_id),
    CHECK (received_date >= notice_date)
);
