DROP TABLE withholding_further_types;
DROP TABLE withholding_configurations;
