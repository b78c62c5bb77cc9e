DROP TABLE decision_requests;
