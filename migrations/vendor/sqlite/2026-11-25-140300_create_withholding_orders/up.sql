-- No payer is every payer; no last day is until further notice.
CREATE TABLE withholding_orders (
    vendor_id TEXT NOT NULL REFERENCES vendors (vendor_id),
    order_id TEXT NOT NULL,
    payer_id TEXT REFERENCES payers (payer_id),
    from_date DATE NOT NULL,
    until_date DATE,
    why TEXT NOT NULL,
    revision BIGINT NOT NULL CHECK (revision > 0),
    create_time TIMESTAMP NOT NULL,
    update_time TIMESTAMP NOT NULL,
    PRIMARY KEY (vendor_id, order_id),
    CHECK (until_date >= from_date)
);
