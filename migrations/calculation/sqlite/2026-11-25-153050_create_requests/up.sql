-- Requests that changed or made something, with what they were answered: a retry gets the first answer again.
CREATE TABLE requests (
    user_name TEXT NOT NULL,
    request_id TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    answer BLOB NOT NULL,
    create_time TIMESTAMP NOT NULL,
    PRIMARY KEY (user_name, request_id)
) WITHOUT ROWID;
