DROP TABLE lease_changes;
DROP TABLE leases;
DROP FUNCTION lease_changes_guard();
DROP FUNCTION leases_guard();
