DROP TABLE traces;
DROP TABLE exceptions;
DROP TABLE information;
DROP TABLE run_recipients;
