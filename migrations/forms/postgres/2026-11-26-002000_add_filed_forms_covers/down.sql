DROP INDEX filed_forms_merged;
ALTER TABLE filed_forms DROP COLUMN covers;
