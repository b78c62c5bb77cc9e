DROP TABLE box_definitions;
