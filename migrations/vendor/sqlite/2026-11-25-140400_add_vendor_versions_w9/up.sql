ALTER TABLE vendor_versions ADD COLUMN w9_status TEXT NOT NULL DEFAULT 'none'
    CHECK (w9_status IN ('none', 'requested', 'on_file', 'certified', 'confirmed', 'refused'));
ALTER TABLE vendor_versions ADD COLUMN w9_date DATE;
