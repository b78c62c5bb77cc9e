DROP TABLE printing_warnings;
