DROP TABLE filing_marks;
