DROP TABLE address_code_edits;
