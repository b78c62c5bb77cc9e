DROP TABLE spoolers;
