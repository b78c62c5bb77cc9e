-- Requests that changed or made something, with what they were answered: a retry gets the first answer again.
CREATE TABLE requests (
    user_name TEXT COLLATE "C" NOT NULL,
    request_id TEXT COLLATE "C" NOT NULL,
    fingerprint TEXT NOT NULL,
    answer BYTEA NOT NULL,
    create_time TIMESTAMP NOT NULL,
    PRIMARY KEY (user_name, request_id)
);
