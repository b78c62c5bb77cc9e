-- How far a printer had come when its last sheet was done: what is beyond that, and not ours, is somebody else's.
CREATE TABLE printer_marks (
    printer_id  TEXT NOT NULL PRIMARY KEY REFERENCES printers (printer_id),
    mark        TEXT NOT NULL,
    updated_at  TIMESTAMP NOT NULL
);
