-- The digest covers TINs, of which there are few enough to try them all: it is sealed as they are.
CREATE TABLE requests (
    request_id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    digest_key_version INTEGER NOT NULL,
    digest_sealed BYTEA NOT NULL,
    answer BYTEA NOT NULL,
    create_time TIMESTAMP NOT NULL
);
