-- How the ink of a printer is put right on a stock; the newest version is in force, the others stay. Of a page printer
-- (`sheet`) a map of the sheet: shares in millionths, lengths in thousandths of a point. Of an impact printer (`grid`) columns,
-- lines and steps of 1/216 inch.
CREATE TABLE alignments (
    printer_id    TEXT NOT NULL REFERENCES printers (printer_id),
    stock         TEXT NOT NULL,
    version       INTEGER NOT NULL CHECK (version > 0),
    kind          TEXT NOT NULL CHECK (kind IN ('sheet', 'grid')),
    across_left   INTEGER NOT NULL,
    across_top    INTEGER NOT NULL,
    along_left    INTEGER NOT NULL,
    along_top     INTEGER NOT NULL,
    right_by      INTEGER NOT NULL,
    down_by       INTEGER NOT NULL,
    columns_right INTEGER NOT NULL,
    lines_down    INTEGER NOT NULL,
    steps_down    INTEGER NOT NULL,
    user_name     TEXT NOT NULL,
    reason        TEXT NOT NULL,
    create_time   TIMESTAMP NOT NULL,
    PRIMARY KEY (printer_id, stock, version)
);
CREATE TRIGGER alignments_same BEFORE UPDATE ON alignments
BEGIN
    SELECT RAISE(ABORT, 'what was decided stays');
END;
CREATE TRIGGER alignments_stay BEFORE DELETE ON alignments
BEGIN
    SELECT RAISE(ABORT, 'what was decided stays');
END;
