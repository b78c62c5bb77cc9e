-- Which daemon drives a printer. `epoch` grows by one with every new holder or run of it: who has an older one does nothing more.
-- `instance` is blank until the daemon takes the printer up; `condition` is what its holder last told of the device.
CREATE TABLE leases (
    printer_id  TEXT NOT NULL PRIMARY KEY REFERENCES printers (printer_id),
    spooler     TEXT NOT NULL REFERENCES spoolers (spooler),
    instance    TEXT NOT NULL,
    epoch       BIGINT NOT NULL CHECK (epoch > 0),
    since       TIMESTAMP NOT NULL,
    condition   TEXT NOT NULL
);
CREATE INDEX leases_of_spooler ON leases (spooler);
-- Every epoch: who held the printer, since when, by whose decision.
CREATE TABLE lease_changes (
    printer_id  TEXT NOT NULL REFERENCES printers (printer_id),
    epoch       BIGINT NOT NULL,
    spooler     TEXT NOT NULL REFERENCES spoolers (spooler),
    changed_by  TEXT NOT NULL,
    reason      TEXT NOT NULL,
    since       TIMESTAMP NOT NULL,
    PRIMARY KEY (printer_id, epoch)
);
CREATE TRIGGER leases_step BEFORE UPDATE OF spooler, instance, epoch ON leases WHEN NOT (
        (NEW.epoch = OLD.epoch AND NEW.spooler = OLD.spooler AND NEW.instance = OLD.instance) OR NEW.epoch = OLD.epoch + 1)
BEGIN
    SELECT RAISE(ABORT, 'each holder of a lease has an epoch of its own');
END;
CREATE TRIGGER leases_stay BEFORE DELETE ON leases
BEGIN
    SELECT RAISE(ABORT, 'a lease stays');
END;
CREATE TRIGGER lease_changes_same BEFORE UPDATE ON lease_changes
BEGIN
    SELECT RAISE(ABORT, 'who held a printer stays');
END;
CREATE TRIGGER lease_changes_stay BEFORE DELETE ON lease_changes
BEGIN
    SELECT RAISE(ABORT, 'who held a printer stays');
END;
