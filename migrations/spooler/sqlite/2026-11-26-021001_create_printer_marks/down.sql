DROP TABLE printer_marks;
