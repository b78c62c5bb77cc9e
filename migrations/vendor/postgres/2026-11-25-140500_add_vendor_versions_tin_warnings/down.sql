ALTER TABLE vendor_versions DROP COLUMN tin_warnings;
