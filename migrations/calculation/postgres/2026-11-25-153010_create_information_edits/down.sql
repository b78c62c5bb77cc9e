DROP TABLE information_edits;
