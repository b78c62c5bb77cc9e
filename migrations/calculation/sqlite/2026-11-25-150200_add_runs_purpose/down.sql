ALTER TABLE runs DROP COLUMN purpose;
ALTER TABLE runs DROP COLUMN vendor_stamp;
