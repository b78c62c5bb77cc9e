DROP TABLE deciders;
DROP INDEX decisions_by_one;
ALTER TABLE decisions DROP COLUMN wastes;
ALTER TABLE decisions DROP COLUMN proposed_by;
