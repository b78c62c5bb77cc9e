-- Where a printer is reached whose URI names its host: what that name said when it was looked up. NULL is not looked up yet.
ALTER TABLE printer_access ADD COLUMN address TEXT CHECK (address <> '');
