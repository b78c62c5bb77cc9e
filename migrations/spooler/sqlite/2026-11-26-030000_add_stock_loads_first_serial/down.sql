ALTER TABLE stock_loads DROP COLUMN first_serial;
