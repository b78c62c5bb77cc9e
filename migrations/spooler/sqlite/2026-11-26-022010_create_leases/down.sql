DROP TABLE lease_changes;
DROP TABLE leases;
