-- Found by the check of what refers to a new vendor, which would else look through all versions for each.
CREATE INDEX vendor_versions_by_pay_vendor ON vendor_versions (pay_vendor_id) WHERE pay_vendor_id IS NOT NULL;
