DROP TABLE stock_loads;
