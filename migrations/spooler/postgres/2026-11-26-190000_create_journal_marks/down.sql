DROP TABLE journal_marks;
DROP TABLE database_identity;
