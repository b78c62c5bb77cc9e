-- Who changed what of the 1099 information, when and why. A blank income type is the recipient's address code.
CREATE TABLE information_changes (
    payer_id TEXT NOT NULL,
    tax_year INTEGER NOT NULL,
    sequence BIGINT NOT NULL,
    recipient_id TEXT NOT NULL,
    income_type TEXT NOT NULL,
    kind TEXT NOT NULL,
    before_value TEXT NOT NULL,
    after_value TEXT NOT NULL,
    user_name TEXT NOT NULL,
    reason TEXT NOT NULL CHECK (reason <> ''),
    change_time TIMESTAMP NOT NULL,
    PRIMARY KEY (payer_id, tax_year, sequence)
) WITHOUT ROWID;
CREATE INDEX information_changes_by_recipient ON information_changes (payer_id, tax_year, recipient_id, sequence);
