CREATE TABLE groups_table (
    id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    name        TEXT    NOT NULL,
    description TEXT    NOT NULL,
    avatar      TEXT    NOT NULL,
    owner_id    INTEGER NOT NULL,
    join_policy TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    closed_at   INTEGER NULL
);
