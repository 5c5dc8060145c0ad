CREATE TABLE conversation_reads (
    conversation_id INTEGER NOT NULL,
    user_id         INTEGER NOT NULL,
    read_seq        INTEGER NOT NULL,
    PRIMARY KEY (conversation_id, user_id)
) WITHOUT ROWID;
