-- History is history: no change is ever rewritten or taken out. INSERT OR REPLACE would do so without a DELETE.
CREATE TRIGGER information_changes_once BEFORE INSERT ON information_changes WHEN EXISTS (
    SELECT 1 FROM information_changes
    WHERE payer_id = NEW.payer_id AND tax_year = NEW.tax_year AND sequence = NEW.sequence)
BEGIN
    SELECT RAISE(ABORT, 'changes of the 1099 information are never rewritten');
END;
CREATE TRIGGER information_changes_same BEFORE UPDATE ON information_changes
BEGIN
    SELECT RAISE(ABORT, 'changes of the 1099 information are never rewritten');
END;
CREATE TRIGGER information_changes_stay BEFORE DELETE ON information_changes
BEGIN
    SELECT RAISE(ABORT, 'changes of the 1099 information are kept for ever');
END;
