CREATE TABLE vendor_addresses (
    vendor_id TEXT COLLATE "C" NOT NULL REFERENCES vendors (vendor_id),
    address_code TEXT COLLATE "C" NOT NULL,
    line_1 TEXT NOT NULL,
    line_2 TEXT NOT NULL,
    city TEXT NOT NULL,
    state TEXT NOT NULL,
    postal_code TEXT NOT NULL,
    country TEXT NOT NULL,
    revision BIGINT NOT NULL CHECK (revision > 0),
    create_time TIMESTAMP NOT NULL,
    update_time TIMESTAMP NOT NULL,
    PRIMARY KEY (vendor_id, address_code)
);
