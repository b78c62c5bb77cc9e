-- What of a row of 1099 information belongs to which state, by run; the rest of the row names no state.
CREATE TABLE information_states (
    run_id TEXT COLLATE "C" NOT NULL REFERENCES runs (run_id),
    recipient_id TEXT COLLATE "C" NOT NULL,
    position INTEGER NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state <> ''),
    amount_cents BIGINT NOT NULL,
    PRIMARY KEY (run_id, recipient_id, position, state)
);
