CREATE INDEX attempts_open ON attempts (printer_id, state)
    WHERE state IN ('reserved', 'intent', 'in_flight', 'awaiting_confirmation', 'in_doubt');
