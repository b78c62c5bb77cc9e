DROP TABLE information_changes;
