DROP TABLE late_results;
