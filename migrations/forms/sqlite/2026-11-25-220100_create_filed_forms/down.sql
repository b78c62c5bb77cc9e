DROP TABLE filed_forms;
