-- How the forms of a job leave it: in one document, or in a file for each recipient, locked by a rule or not. The rule is
-- kept, the passwords never.
ALTER TABLE jobs ADD COLUMN delivery TEXT NOT NULL DEFAULT 'job'
    CHECK (delivery IN ('job', 'recipient', 'recipient-last-four-zip', 'recipient-tin'));
