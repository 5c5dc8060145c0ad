CREATE TABLE conversations (
    id              BIGINT      NOT NULL AUTO_INCREMENT PRIMARY KEY,
    kind            VARCHAR(10) NOT NULL,
    user_low        BIGINT      NULL,
    user_high       BIGINT      NULL,
    group_id        BIGINT      NULL,
    last_seq        BIGINT      NOT NULL,
    members_version BIGINT      NOT NULL,
    updated_at      DATETIME(3) NOT NULL,
    UNIQUE KEY conversations_pair (user_low, user_high),
    UNIQUE KEY conversations_group (group_id),
    KEY conversations_high (user_high)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
