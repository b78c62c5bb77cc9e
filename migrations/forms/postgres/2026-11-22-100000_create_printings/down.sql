DROP TABLE printings;
