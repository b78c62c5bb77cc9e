DROP INDEX attempts_by_printer;
