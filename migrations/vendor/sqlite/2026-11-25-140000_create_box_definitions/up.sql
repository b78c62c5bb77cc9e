-- Which code feeds which box in a year; a code once a year. No position is every position of the code.
CREATE TABLE box_definitions (
    tax_year INTEGER NOT NULL CHECK (tax_year BETWEEN 1990 AND 2100),
    code TEXT NOT NULL,
    position INTEGER CHECK (position IN (1, 2)),
    effect TEXT NOT NULL CHECK (effect <> ''),
    description TEXT NOT NULL,
    box_group TEXT NOT NULL,
    revision BIGINT NOT NULL CHECK (revision > 0),
    create_time TIMESTAMP NOT NULL,
    update_time TIMESTAMP NOT NULL,
    PRIMARY KEY (tax_year, code)
);
