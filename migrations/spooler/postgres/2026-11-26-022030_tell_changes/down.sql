DROP TRIGGER leases_change_told ON leases;
DROP TRIGGER leases_told ON leases;
DROP FUNCTION tell_lease();
DROP TRIGGER printers_change_told ON printers;
DROP FUNCTION tell_printer();
DROP TRIGGER jobs_change_told ON jobs;
DROP TRIGGER jobs_told ON jobs;
DROP FUNCTION tell_job();
