DROP TABLE voucher_lines;
DROP TABLE vouchers;
