-- Who stands for how a printer is set up: who added it or changed its access last, and who approved that since. `changes` counts
-- them. Blank is a printer from before this was kept.
ALTER TABLE printers ADD COLUMN changes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE printers ADD COLUMN changed_by TEXT NOT NULL DEFAULT '';
ALTER TABLE printers ADD COLUMN approved_by TEXT CHECK (approved_by <> '' AND approved_by <> changed_by);
