DROP TABLE alignments;
