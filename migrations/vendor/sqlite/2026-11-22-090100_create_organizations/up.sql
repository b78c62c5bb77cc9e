CREATE TABLE organizations (
    org_id TEXT PRIMARY KEY NOT NULL,
    parent_org_id TEXT REFERENCES organizations (org_id) DEFERRABLE INITIALLY DEFERRED,
    payer_id TEXT REFERENCES payers (payer_id),
    revision BIGINT NOT NULL CHECK (revision > 0),
    create_time TIMESTAMP NOT NULL,
    update_time TIMESTAMP NOT NULL
);

CREATE TABLE cash_accounts (
    cash_account_id TEXT PRIMARY KEY NOT NULL,
    org_id TEXT NOT NULL REFERENCES organizations (org_id),
    description TEXT NOT NULL,
    revision BIGINT NOT NULL CHECK (revision > 0),
    create_time TIMESTAMP NOT NULL,
    update_time TIMESTAMP NOT NULL
);
