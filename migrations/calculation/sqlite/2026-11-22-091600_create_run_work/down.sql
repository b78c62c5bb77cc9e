DROP TABLE run_cash_accounts;
DROP TABLE run_work;
DROP TABLE run_vendors;
