CREATE TABLE messages (
    id                BIGINT      NOT NULL AUTO_INCREMENT PRIMARY KEY,
    conversation_id   BIGINT      NOT NULL,
    seq               BIGINT      NOT NULL,
    sender_id         BIGINT      NOT NULL,
    receiver_id       BIGINT      NULL,
    group_id          BIGINT      NULL,
    content           TEXT        NOT NULL,
    message_type      VARCHAR(20) NOT NULL,
    client_message_id BINARY(16)  NOT NULL,
    created_at        DATETIME(3) NOT NULL,
    UNIQUE KEY messages_place (conversation_id, seq),
    UNIQUE KEY messages_once (sender_id, client_message_id)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
