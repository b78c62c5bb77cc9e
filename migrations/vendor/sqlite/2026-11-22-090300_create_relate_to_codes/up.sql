CREATE TABLE relate_to_codes (
    position INTEGER NOT NULL CHECK (position IN (1, 2)),
    code TEXT NOT NULL,
    description TEXT NOT NULL,
    effect TEXT NOT NULL,
    revision BIGINT NOT NULL CHECK (revision > 0),
    create_time TIMESTAMP NOT NULL,
    update_time TIMESTAMP NOT NULL,
    PRIMARY KEY (position, code)
);
