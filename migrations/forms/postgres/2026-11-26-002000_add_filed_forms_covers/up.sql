-- Keys of the other vendor ids of the same person whose amounts are on the form, with / between them.
ALTER TABLE filed_forms ADD COLUMN covers TEXT NOT NULL DEFAULT '';

CREATE INDEX filed_forms_merged ON filed_forms (payer_id, tax_year) WHERE covers <> '';
