DROP TABLE voided_forms;
