-- The forms of a printing may be printed in another year's revision; NULL is their own year's.
ALTER TABLE printings ADD COLUMN format_year INTEGER;
