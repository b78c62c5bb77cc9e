DROP TABLE cash_accounts;
DROP TABLE organizations;
