-- What the IRS answered to the files of an export; the newest word about each. `errors` is a JSON list of texts.
CREATE TABLE export_answers (
    export_id TEXT NOT NULL REFERENCES exports (export_id),
    file INTEGER NOT NULL CHECK (file > 0),
    receipt_id TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('processing', 'accepted', 'accepted-with-errors', 'rejected')),
    errors TEXT NOT NULL,
    user_name TEXT NOT NULL,
    update_time TIMESTAMP NOT NULL,
    PRIMARY KEY (export_id, file)
);
