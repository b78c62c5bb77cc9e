DROP TABLE printer_access;
