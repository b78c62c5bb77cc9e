-- One handing of a Form 1096 to the spooler. `of_jobs` are the jobs it stands for, apart by a space. `job` is NULL while the
-- hand-over is under way, or was cut off.
CREATE TABLE transmittals (
    transmittal_id TEXT PRIMARY KEY NOT NULL,
    request_id TEXT NOT NULL UNIQUE,
    fingerprint TEXT NOT NULL,
    payer_id TEXT NOT NULL,
    tax_year INTEGER NOT NULL,
    form_type TEXT NOT NULL CHECK (form_type IN ('nec', 'misc')),
    of_jobs TEXT NOT NULL CHECK (of_jobs <> ''),
    forms BIGINT NOT NULL CHECK (forms > 0),
    federal_withheld_cents BIGINT NOT NULL,
    total_cents BIGINT NOT NULL,
    printer TEXT NOT NULL,
    job TEXT UNIQUE,
    user_name TEXT NOT NULL,
    again_reason TEXT NOT NULL,
    create_time TIMESTAMP NOT NULL
);

-- Without a reason, the Form 1096 of the same jobs is printed once.
CREATE UNIQUE INDEX transmittals_first ON transmittals (of_jobs)
WHERE again_reason = '';

CREATE INDEX transmittals_by_jobs ON transmittals (of_jobs, transmittal_id);
