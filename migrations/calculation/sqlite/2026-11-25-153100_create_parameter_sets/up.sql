-- What a calculation is asked for each year, kept by name.
CREATE TABLE parameter_sets (
    parameter_set_id TEXT NOT NULL PRIMARY KEY,
    payer_id TEXT NOT NULL,
    method TEXT NOT NULL,
    from_recipient_id TEXT NOT NULL,
    to_recipient_id TEXT NOT NULL,
    user_name TEXT NOT NULL,
    version BIGINT NOT NULL,
    create_time TIMESTAMP NOT NULL,
    update_time TIMESTAMP NOT NULL
) WITHOUT ROWID;
