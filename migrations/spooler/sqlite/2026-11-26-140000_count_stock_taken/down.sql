DROP TRIGGER attempts_move_stock;
DROP TRIGGER attempts_take_stock;
DROP TABLE stock_taken;
