DROP TABLE payer_states;
DROP TABLE payers;
