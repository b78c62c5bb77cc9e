DROP TABLE information_states;
