-- What to know of a printing, in the order it was found.
CREATE TABLE printing_warnings (
    printing_id TEXT NOT NULL REFERENCES printings (printing_id) ON DELETE CASCADE,
    position INTEGER NOT NULL CHECK (position >= 0),
    warning TEXT NOT NULL,
    PRIMARY KEY (printing_id, position)
);
