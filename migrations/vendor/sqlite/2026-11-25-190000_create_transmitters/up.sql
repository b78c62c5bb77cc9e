-- Who sends electronic files. There is one, under the key `transmitter`.
CREATE TABLE transmitters (
    transmitter_id TEXT PRIMARY KEY NOT NULL CHECK (transmitter_id = 'transmitter'),
    name TEXT NOT NULL,
    tin_kind TEXT NOT NULL CHECK (tin_kind IN ('ssn', 'ein', 'itin', 'atin')),
    tin_last_four TEXT NOT NULL,
    tin_key_version INTEGER NOT NULL,
    tin_sealed BLOB NOT NULL,
    control_code TEXT NOT NULL,
    line_1 TEXT NOT NULL,
    line_2 TEXT NOT NULL,
    city TEXT NOT NULL,
    state TEXT NOT NULL,
    postal_code TEXT NOT NULL,
    country TEXT NOT NULL,
    contact_name TEXT NOT NULL,
    phone TEXT NOT NULL,
    email TEXT NOT NULL,
    software_id TEXT NOT NULL,
    revision BIGINT NOT NULL CHECK (revision > 0),
    create_time TIMESTAMP NOT NULL,
    update_time TIMESTAMP NOT NULL
);
