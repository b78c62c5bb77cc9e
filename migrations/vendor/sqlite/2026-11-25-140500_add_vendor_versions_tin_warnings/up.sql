-- Words, one blank between them: the number itself is not opened to be looked at.
ALTER TABLE vendor_versions ADD COLUMN tin_warnings TEXT NOT NULL DEFAULT '';
