-- The first import of a database is written where it stays, and is seen by nobody before an import is published. So its
-- sequence need not be there yet; and the line a version came from has to be kept with it, to name it in faults.
ALTER TABLE imports ADD COLUMN in_place BOOLEAN NOT NULL DEFAULT FALSE;
CREATE UNIQUE INDEX imports_one_in_place ON imports (in_place) WHERE in_place;

ALTER TABLE vouchers DROP CONSTRAINT vouchers_from_sequence_fkey;
ALTER TABLE vouchers ADD COLUMN line INTEGER NOT NULL DEFAULT 0;
ALTER TABLE voucher_lines DROP CONSTRAINT voucher_lines_from_sequence_fkey;
ALTER TABLE voucher_lines ADD COLUMN line INTEGER NOT NULL DEFAULT 0;
ALTER TABLE payments DROP CONSTRAINT payments_from_sequence_fkey;
ALTER TABLE payments ADD COLUMN line INTEGER NOT NULL DEFAULT 0;
ALTER TABLE payment_applications DROP CONSTRAINT payment_applications_from_sequence_fkey;
ALTER TABLE payment_applications ADD COLUMN line INTEGER NOT NULL DEFAULT 0;
