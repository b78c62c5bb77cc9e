-- Which daemon made an attempt, and in which epoch of the printer's lease; neither is known of attempts from before leases.
ALTER TABLE attempts ADD COLUMN spooler TEXT;
ALTER TABLE attempts ADD COLUMN epoch BIGINT;
