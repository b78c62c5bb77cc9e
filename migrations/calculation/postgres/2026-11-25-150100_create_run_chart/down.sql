DROP TABLE run_codes;
DROP TABLE run_accounts;
