-- A recipient's proof is found again by the vendor of record of what it was paid for.
CREATE INDEX vouchers_by_vendor_of_record ON vouchers (vendor_of_record_id, voucher_id) WHERE vendor_of_record_id <> '';
