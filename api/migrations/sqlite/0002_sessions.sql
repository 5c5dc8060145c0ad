CREATE TABLE sessions (
    id           INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id      INTEGER NOT NULL,
    seed         BLOB    NOT NULL,
    generation   INTEGER NOT NULL,
    device       TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    rotated_at   INTEGER NOT NULL,
    ended_at     INTEGER NULL
);
CREATE INDEX sessions_user ON sessions (user_id);
