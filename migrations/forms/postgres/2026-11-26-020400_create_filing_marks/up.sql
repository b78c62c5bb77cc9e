-- Counts what was filed and what was left out of a payer's forms of a type: who files says up to where he saw.
CREATE TABLE filing_marks (
    payer_id TEXT NOT NULL,
    tax_year INTEGER NOT NULL,
    form_type TEXT NOT NULL,
    mark BIGINT NOT NULL CHECK (mark >= 0),
    PRIMARY KEY (payer_id, tax_year, form_type)
);
