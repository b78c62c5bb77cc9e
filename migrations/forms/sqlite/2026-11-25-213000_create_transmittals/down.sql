DROP TABLE transmittals;
