-- Who is signed in to a spooler's console, so that a restart signs nobody out. Of a session only the hash is kept.
CREATE TABLE console_sessions (
    session    TEXT NOT NULL PRIMARY KEY CHECK (LENGTH(session) = 43),
    spooler    TEXT NOT NULL,
    token_name TEXT NOT NULL,
    token_made TIMESTAMP NOT NULL,
    used_at    TIMESTAMP NOT NULL
);
