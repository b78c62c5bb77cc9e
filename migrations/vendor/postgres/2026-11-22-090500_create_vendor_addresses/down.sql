DROP TABLE vendor_addresses;
