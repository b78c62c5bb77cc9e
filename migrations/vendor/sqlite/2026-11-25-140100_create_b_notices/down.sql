DROP TABLE b_notices;
