-- Sheets that attempts took from a load, by kind of job and state: kept count of, so that a sheet is not chosen more slowly the
-- more sheets were printed before it.
CREATE TABLE stock_taken (
    load_id TEXT NOT NULL REFERENCES stock_loads (load_id),
    kind    TEXT NOT NULL,
    state   TEXT NOT NULL,
    sheets  BIGINT NOT NULL CHECK (sheets >= 0),
    PRIMARY KEY (load_id, kind, state)
);
INSERT INTO stock_taken (load_id, kind, state, sheets)
    SELECT a.load_id, j.kind, a.state, COUNT(*) FROM attempts a JOIN jobs j ON j.job_id = a.job_id
    WHERE a.load_id IS NOT NULL GROUP BY a.load_id, j.kind, a.state;
CREATE FUNCTION count_stock_taken() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- All who count on one load take turns: in whatever order they go from state to state, none waits for another in a circle.
    PERFORM 1 FROM stock_loads WHERE load_id = NEW.load_id FOR NO KEY UPDATE;
    IF TG_OP = 'UPDATE' THEN
        UPDATE stock_taken SET sheets = sheets - 1
            WHERE load_id = OLD.load_id AND state = OLD.state
                AND kind = (SELECT j.kind FROM jobs j WHERE j.job_id = OLD.job_id);
    END IF;
    INSERT INTO stock_taken (load_id, kind, state, sheets)
        SELECT NEW.load_id, j.kind, NEW.state, 1 FROM jobs j WHERE j.job_id = NEW.job_id
        ON CONFLICT (load_id, kind, state) DO UPDATE SET sheets = stock_taken.sheets + 1;
    RETURN NULL;
END $$;
CREATE TRIGGER attempts_take_stock AFTER INSERT ON attempts
    FOR EACH ROW WHEN (NEW.load_id IS NOT NULL) EXECUTE FUNCTION count_stock_taken();
CREATE TRIGGER attempts_move_stock AFTER UPDATE OF state ON attempts
    FOR EACH ROW WHEN (NEW.load_id IS NOT NULL AND NEW.state <> OLD.state) EXECUTE FUNCTION count_stock_taken();
