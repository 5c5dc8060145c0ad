CREATE TABLE messages (
    id                INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    conversation_id   INTEGER NOT NULL,
    seq               INTEGER NOT NULL,
    sender_id         INTEGER NOT NULL,
    receiver_id       INTEGER NULL,
    group_id          INTEGER NULL,
    content           TEXT    NOT NULL,
    message_type      TEXT    NOT NULL,
    client_message_id BLOB    NOT NULL,
    created_at        INTEGER NOT NULL,
    UNIQUE (conversation_id, seq),
    UNIQUE (sender_id, client_message_id)
);
