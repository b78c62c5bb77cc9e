DROP INDEX vendor_versions_tin_digest;

ALTER TABLE vendor_versions DROP COLUMN tin_digest;
