-- What it told, attempts_by_printer tells too.
DROP INDEX attempts_open;
