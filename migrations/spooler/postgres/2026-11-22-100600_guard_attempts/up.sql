-- The life cycle, held by the database itself: no attempt starts but as reserved, takes a step that does not exist, or vanishes.
CREATE FUNCTION attempts_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'attempts are kept for ever';
    ELSIF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'reserved' THEN
            RAISE EXCEPTION 'an attempt starts as reserved';
        END IF;
    ELSIF NOT (
        (OLD.state = 'reserved' AND NEW.state IN ('intent', 'released')) OR
        (OLD.state = 'intent' AND NEW.state IN ('in_flight', 'in_doubt', 'released')) OR
        (OLD.state = 'in_flight' AND NEW.state IN ('good', 'awaiting_confirmation', 'in_doubt')) OR
        (OLD.state = 'awaiting_confirmation' AND NEW.state IN ('good', 'spoiled', 'lost', 'not_printed')) OR
        (OLD.state = 'in_doubt' AND NEW.state IN ('good', 'spoiled', 'lost', 'not_printed'))) THEN
        RAISE EXCEPTION 'no such step in the life of an attempt';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER attempts_start BEFORE INSERT ON attempts FOR EACH ROW EXECUTE FUNCTION attempts_guard();
CREATE TRIGGER attempts_step BEFORE UPDATE OF state ON attempts FOR EACH ROW EXECUTE FUNCTION attempts_guard();
CREATE TRIGGER attempts_stay BEFORE DELETE ON attempts FOR EACH ROW EXECUTE FUNCTION attempts_guard();
