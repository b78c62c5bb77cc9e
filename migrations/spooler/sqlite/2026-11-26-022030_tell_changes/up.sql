-- An SQLite file has one daemon: there is nobody to tell. The other database has triggers here.
SELECT 1;
