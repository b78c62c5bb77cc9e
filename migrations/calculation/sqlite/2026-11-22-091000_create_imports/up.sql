-- An import moves from STAGING to PUBLISHED; PUBLISHING means that the vendor half may be published and this one not.
CREATE TABLE imports (
    import_id TEXT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('STAGING', 'STAGED', 'PUBLISHING', 'PUBLISHED')),
    content TEXT NOT NULL,
    user_name TEXT NOT NULL,
    create_time TIMESTAMP NOT NULL,
    sequence BIGINT UNIQUE,
    publish_time TIMESTAMP,
    files TEXT NOT NULL,
    CHECK ((state = 'PUBLISHED') = (sequence IS NOT NULL AND publish_time IS NOT NULL))
);
