DROP TABLE vendor_facts;
