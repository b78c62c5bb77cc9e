-- The vendors as runs saw them, versioned by the stamp of the run that first saw a change (NULL: current).
CREATE TABLE vendor_facts (
    vendor_id TEXT NOT NULL,
    from_stamp BIGINT NOT NULL,
    until_stamp BIGINT,
    pay_vendor_id TEXT NOT NULL,
    flag_1099 TEXT NOT NULL CHECK (flag_1099 IN ('Y', 'N', 'D')),
    classification TEXT NOT NULL,
    default_income_type TEXT NOT NULL,
    default_relate_to TEXT NOT NULL,
    version BIGINT NOT NULL,
    address_code TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (vendor_id, from_stamp)
) WITHOUT ROWID;
CREATE INDEX vendor_facts_by_pay_vendor ON vendor_facts (pay_vendor_id, vendor_id) WHERE pay_vendor_id <> '';
