DROP TABLE export_answers;
