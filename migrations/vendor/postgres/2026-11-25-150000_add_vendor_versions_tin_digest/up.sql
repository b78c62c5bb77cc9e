-- Keyed digest of the number: equal for equal numbers, and tells nothing of them without the key.
ALTER TABLE vendor_versions ADD COLUMN tin_digest BYTEA CHECK (tin_digest IS NULL OR tin_sealed IS NOT NULL);

CREATE INDEX vendor_versions_tin_digest ON vendor_versions (tin_digest);
