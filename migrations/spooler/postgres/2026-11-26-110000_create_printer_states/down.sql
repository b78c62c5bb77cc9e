DROP TABLE printer_states;
