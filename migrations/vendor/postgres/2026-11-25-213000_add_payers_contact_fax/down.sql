ALTER TABLE payers DROP COLUMN contact_fax;
