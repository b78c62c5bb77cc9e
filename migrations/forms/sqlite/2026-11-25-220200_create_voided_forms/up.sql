-- Forms that are left out before they were ever filed.
CREATE TABLE voided_forms (
    payer_id TEXT NOT NULL,
    tax_year INTEGER NOT NULL,
    form_type TEXT NOT NULL CHECK (form_type IN ('nec', 'misc')),
    vendor_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    user_name TEXT NOT NULL,
    create_time TIMESTAMP NOT NULL,
    PRIMARY KEY (payer_id, tax_year, form_type, vendor_id)
);
