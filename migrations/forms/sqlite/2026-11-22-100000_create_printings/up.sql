-- One handing of forms to the spooler. `job` is NULL while the hand-over is under way, or was cut off.
CREATE TABLE printings (
    printing_id TEXT PRIMARY KEY NOT NULL,
    request_id TEXT NOT NULL UNIQUE,
    fingerprint TEXT NOT NULL,
    payer_id TEXT NOT NULL,
    tax_year INTEGER NOT NULL,
    form_type TEXT NOT NULL CHECK (form_type IN ('nec', 'misc')),
    copy TEXT NOT NULL CHECK (copy IN ('a', 'b', 'c', '1', '2')),
    printer TEXT NOT NULL,
    job TEXT UNIQUE,
    forms BIGINT NOT NULL CHECK (forms > 0),
    total_cents BIGINT NOT NULL,
    user_name TEXT NOT NULL,
    again_reason TEXT NOT NULL,
    create_time TIMESTAMP NOT NULL,
    update_time TIMESTAMP NOT NULL
);

-- Without a reason, the forms of a payer, year, type and copy are printed once.
CREATE UNIQUE INDEX printings_first ON printings (payer_id, tax_year, form_type, copy)
WHERE again_reason = '';

CREATE INDEX printings_by_subject ON printings (payer_id, tax_year, form_type, copy, printing_id);
