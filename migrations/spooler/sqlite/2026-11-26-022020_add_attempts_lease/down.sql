ALTER TABLE attempts DROP COLUMN epoch;
ALTER TABLE attempts DROP COLUMN spooler;
