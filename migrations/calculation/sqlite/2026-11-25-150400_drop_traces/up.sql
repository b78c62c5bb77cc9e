-- A trace is made again from the versions its run saw; nothing copies all vendors for each run.
DROP TABLE traces;
DROP TABLE run_vendors;
