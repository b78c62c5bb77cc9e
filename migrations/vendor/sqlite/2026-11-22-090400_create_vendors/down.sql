DROP TABLE vendor_versions;
DROP TABLE vendors;
