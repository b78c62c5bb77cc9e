DROP TABLE abandoned_sheets;
