-- One row per payer and year that every edit and every completion of a run takes first: they come one after another,
-- and what they see does not change under them. The turn numbers the changes.
CREATE TABLE information_turns (
    payer_id TEXT COLLATE "C" NOT NULL,
    tax_year INTEGER NOT NULL,
    turn BIGINT NOT NULL,
    PRIMARY KEY (payer_id, tax_year)
);
