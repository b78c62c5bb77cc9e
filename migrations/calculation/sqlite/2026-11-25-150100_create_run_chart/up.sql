-- What accounts and Relate To codes meant when a run began; kept with its result.
CREATE TABLE run_accounts (
    run_id TEXT NOT NULL REFERENCES runs (run_id),
    account_id TEXT NOT NULL,
    income_type TEXT NOT NULL,
    PRIMARY KEY (run_id, account_id)
) WITHOUT ROWID;

CREATE TABLE run_codes (
    run_id TEXT NOT NULL REFERENCES runs (run_id),
    position INTEGER NOT NULL CHECK (position IN (1, 2)),
    code TEXT NOT NULL,
    effect TEXT NOT NULL,
    PRIMARY KEY (run_id, position, code)
) WITHOUT ROWID;
