CREATE TABLE vendors (
    vendor_id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    state TEXT NOT NULL CHECK (state IN ('active', 'inactive')),
    revision BIGINT NOT NULL CHECK (revision > 0),
    create_time TIMESTAMP NOT NULL,
    update_time TIMESTAMP NOT NULL
);

CREATE TABLE vendor_versions (
    vendor_id TEXT COLLATE "C" NOT NULL REFERENCES vendors (vendor_id),
    version BIGINT NOT NULL CHECK (version > 0),
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    short_name TEXT NOT NULL,
    tin_kind TEXT CHECK (tin_kind IN ('ssn', 'ein', 'itin', 'atin')),
    tin_last_four TEXT,
    tin_key_version INTEGER,
    tin_sealed BYTEA,
    classification TEXT,
    flag_1099 TEXT NOT NULL CHECK (flag_1099 IN ('Y', 'N', 'D')),
    default_income_type TEXT,
    default_relate_to TEXT,
    pay_vendor_id TEXT COLLATE "C" REFERENCES vendors (vendor_id) DEFERRABLE INITIALLY DEFERRED,
    address_code TEXT,
    second_tin_notice BOOLEAN NOT NULL,
    fatca BOOLEAN NOT NULL,
    first_name TEXT NOT NULL,
    middle_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    suffix TEXT NOT NULL,
    create_time TIMESTAMP NOT NULL,
    PRIMARY KEY (vendor_id, version),
    CHECK (default_income_type NOT IN ('federal_income_tax_withheld', 'state_tax_withheld')),
    CHECK ((tin_kind IS NULL) = (tin_sealed IS NULL)),
    CHECK ((tin_last_four IS NULL) = (tin_sealed IS NULL)),
    CHECK ((tin_key_version IS NULL) = (tin_sealed IS NULL))
);
