-- Sheets that attempts took from a load, by kind of job and state: kept count of, so that a sheet is not chosen more slowly the
-- more sheets were printed before it.
CREATE TABLE stock_taken (
    load_id TEXT NOT NULL REFERENCES stock_loads (load_id),
    kind    TEXT NOT NULL,
    state   TEXT NOT NULL,
    sheets  BIGINT NOT NULL CHECK (sheets >= 0),
    PRIMARY KEY (load_id, kind, state)
) WITHOUT ROWID;
INSERT INTO stock_taken (load_id, kind, state, sheets)
    SELECT a.load_id, j.kind, a.state, COUNT(*) FROM attempts a JOIN jobs j ON j.job_id = a.job_id
    WHERE a.load_id IS NOT NULL GROUP BY a.load_id, j.kind, a.state;
CREATE TRIGGER attempts_take_stock AFTER INSERT ON attempts WHEN NEW.load_id IS NOT NULL
BEGIN
    INSERT INTO stock_taken (load_id, kind, state, sheets)
        SELECT NEW.load_id, j.kind, NEW.state, 1 FROM jobs j WHERE j.job_id = NEW.job_id
        ON CONFLICT (load_id, kind, state) DO UPDATE SET sheets = sheets + 1;
END;
CREATE TRIGGER attempts_move_stock AFTER UPDATE OF state ON attempts
    WHEN NEW.load_id IS NOT NULL AND NEW.state <> OLD.state
BEGIN
    UPDATE stock_taken SET sheets = sheets - 1
        WHERE load_id = OLD.load_id AND state = OLD.state
            AND kind = (SELECT j.kind FROM jobs j WHERE j.job_id = OLD.job_id);
    INSERT INTO stock_taken (load_id, kind, state, sheets)
        SELECT NEW.load_id, j.kind, NEW.state, 1 FROM jobs j WHERE j.job_id = NEW.job_id
        ON CONFLICT (load_id, kind, state) DO UPDATE SET sheets = sheets + 1;
END;
