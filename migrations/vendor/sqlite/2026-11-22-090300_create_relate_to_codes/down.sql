DROP TABLE relate_to_codes;
