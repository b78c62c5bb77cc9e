DROP TABLE transmitters;
