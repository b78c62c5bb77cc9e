DROP TABLE staged_faults;
DROP TABLE staged_unreadable;
