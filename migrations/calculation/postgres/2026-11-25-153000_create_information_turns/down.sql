DROP TABLE information_turns;
