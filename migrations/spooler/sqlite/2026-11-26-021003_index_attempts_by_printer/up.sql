-- What stands how on a printer is asked before each sheet.
CREATE INDEX attempts_by_printer ON attempts (printer_id, state);
