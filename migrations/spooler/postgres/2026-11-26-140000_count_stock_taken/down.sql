DROP TRIGGER attempts_move_stock ON attempts;
DROP TRIGGER attempts_take_stock ON attempts;
DROP FUNCTION count_stock_taken;
DROP TABLE stock_taken;
