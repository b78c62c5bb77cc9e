CREATE TABLE accounts (
    account_id TEXT PRIMARY KEY NOT NULL,
    description TEXT NOT NULL,
    income_type TEXT,
    revision BIGINT NOT NULL CHECK (revision > 0),
    create_time TIMESTAMP NOT NULL,
    update_time TIMESTAMP NOT NULL,
    CHECK (income_type NOT IN ('federal_income_tax_withheld', 'state_tax_withheld'))
);
