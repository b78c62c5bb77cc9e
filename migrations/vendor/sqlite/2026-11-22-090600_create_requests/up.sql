-- The digest covers TINs, of which there are few enough to try them all: it is sealed as they are.
CREATE TABLE requests (
    request_id TEXT PRIMARY KEY NOT NULL,
    digest_key_version INTEGER NOT NULL,
    digest_sealed BLOB NOT NULL,
    answer BLOB NOT NULL,
    create_time TIMESTAMP NOT NULL
);
