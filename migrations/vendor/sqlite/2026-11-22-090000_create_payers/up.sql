CREATE TABLE payers (
    payer_id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    tin_kind TEXT CHECK (tin_kind IN ('ssn', 'ein', 'itin', 'atin')),
    tin_last_four TEXT,
    tin_key_version INTEGER,
    tin_sealed BLOB,
    line_1 TEXT NOT NULL,
    line_2 TEXT NOT NULL,
    city TEXT NOT NULL,
    state TEXT NOT NULL,
    postal_code TEXT NOT NULL,
    country TEXT NOT NULL,
    phone TEXT NOT NULL,
    contact_name TEXT NOT NULL,
    contact_email TEXT NOT NULL,
    revision BIGINT NOT NULL CHECK (revision > 0),
    create_time TIMESTAMP NOT NULL,
    update_time TIMESTAMP NOT NULL,
    CHECK ((tin_kind IS NULL) = (tin_sealed IS NULL)),
    CHECK ((tin_last_four IS NULL) = (tin_sealed IS NULL)),
    CHECK ((tin_key_version IS NULL) = (tin_sealed IS NULL))
);

CREATE TABLE payer_states (
    payer_id TEXT NOT NULL REFERENCES payers (payer_id),
    state TEXT NOT NULL,
    state_id TEXT NOT NULL,
    PRIMARY KEY (payer_id, state)
);
