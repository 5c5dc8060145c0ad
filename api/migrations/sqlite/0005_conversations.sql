CREATE TABLE conversations (
    id              INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind            TEXT    NOT NULL,
    user_low        INTEGER NULL,
    user_high       INTEGER NULL,
    group_id        INTEGER NULL UNIQUE,
    last_seq        INTEGER NOT NULL,
    members_version INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    UNIQUE (user_low, user_high)
);
CREATE INDEX conversations_high ON conversations (user_high);
