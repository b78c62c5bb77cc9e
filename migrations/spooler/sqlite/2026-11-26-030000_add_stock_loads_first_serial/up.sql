-- Numbered stock: the serial number of a load's first sheet; the others follow. NULL is stock without numbers.
ALTER TABLE stock_loads ADD COLUMN first_serial BIGINT
    CHECK (first_serial IS NULL OR (first_serial > 0 AND sheets IS NOT NULL AND sheets > 0));
