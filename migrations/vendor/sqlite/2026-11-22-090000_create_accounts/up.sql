CREATE TABLE accounts (account_id TEXT PRIMARY KEY NOT NULL, description TEXT NOT NULL);
