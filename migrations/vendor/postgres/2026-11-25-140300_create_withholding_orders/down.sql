DROP TABLE withholding_orders;
