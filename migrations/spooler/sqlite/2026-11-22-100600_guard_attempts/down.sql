DROP TRIGGER attempts_stay;
DROP TRIGGER attempts_step;
DROP TRIGGER attempts_start;
