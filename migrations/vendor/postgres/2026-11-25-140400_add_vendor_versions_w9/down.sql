ALTER TABLE vendor_versions DROP COLUMN w9_date;
ALTER TABLE vendor_versions DROP COLUMN w9_status;
