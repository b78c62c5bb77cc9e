-- Each form of a batch as it was filed, but for its numbers: the vendor service releases that of the recipient again by
-- `vendor_version`. `form` is JSON.
CREATE TABLE filed_forms (
    filing_id TEXT NOT NULL REFERENCES filings (filing_id) ON DELETE CASCADE,
    position INTEGER NOT NULL CHECK (position >= 0),
    payer_id TEXT NOT NULL,
    tax_year INTEGER NOT NULL,
    form_type TEXT NOT NULL CHECK (form_type IN ('nec', 'misc')),
    vendor_id TEXT NOT NULL,
    vendor_version BIGINT NOT NULL,
    address_code TEXT NOT NULL,
    sequence INTEGER NOT NULL CHECK (sequence > 0),
    step TEXT NOT NULL CHECK (step IN ('original', 'type_one', 'type_two_first', 'type_two_second')),
    corrects_filing TEXT,
    corrects_position INTEGER,
    file INTEGER,
    submission_id INTEGER,
    record_id INTEGER,
    form TEXT NOT NULL,
    PRIMARY KEY (filing_id, position)
);

-- Who corrects has read the last number and takes the next: two at once cannot both.
CREATE UNIQUE INDEX filed_forms_in_turn ON filed_forms (payer_id, tax_year, vendor_id, form_type, sequence);
