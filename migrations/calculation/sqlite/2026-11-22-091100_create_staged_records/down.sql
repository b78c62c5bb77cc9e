DROP TABLE staged_applications;
DROP TABLE staged_payments;
DROP TABLE staged_voucher_lines;
DROP TABLE staged_vouchers;
