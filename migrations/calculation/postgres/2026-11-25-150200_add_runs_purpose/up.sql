-- What a run saw of the vendors, and whether its results are meant to stand or were only made to be compared.
ALTER TABLE runs ADD COLUMN vendor_stamp BIGINT NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN purpose TEXT NOT NULL DEFAULT 'STANDING' CHECK (purpose IN ('STANDING', 'LAB'));
