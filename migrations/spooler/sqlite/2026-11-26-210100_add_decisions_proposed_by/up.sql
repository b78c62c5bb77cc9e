-- Who proposed a decision before, where one person's word was not enough, and whether paper that may be marked is left out of what
-- is good by a person's word alone: called spoiled or lost, or not printed although it was sent in full. What a journal tells is no
-- such word.
ALTER TABLE decisions ADD COLUMN proposed_by TEXT CHECK (proposed_by <> '' AND proposed_by <> decided_by);
ALTER TABLE decisions ADD COLUMN wastes BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX decisions_by_one ON decisions (decided_by, decided_at) WHERE wastes AND proposed_by IS NULL;
-- One row each, at which acts in one name wait for each other while the sheets are counted that it left out.
CREATE TABLE deciders (
    name  TEXT NOT NULL PRIMARY KEY
);
