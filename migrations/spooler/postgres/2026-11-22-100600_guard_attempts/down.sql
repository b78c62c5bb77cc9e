DROP TRIGGER attempts_stay ON attempts;
DROP TRIGGER attempts_step ON attempts;
DROP TRIGGER attempts_start ON attempts;
DROP FUNCTION attempts_guard();
