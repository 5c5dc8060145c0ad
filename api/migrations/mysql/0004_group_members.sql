CREATE TABLE group_members (
    id          BIGINT      NOT NULL AUTO_INCREMENT PRIMARY KEY,
    group_id    BIGINT      NOT NULL,
    user_id     BIGINT      NOT NULL,
    role        VARCHAR(10) NOT NULL,
    joined_at   DATETIME(3) NOT NULL,
    joined_seq  BIGINT      NOT NULL,
    muted_until DATETIME(3) NULL,
    UNIQUE KEY group_members_member (group_id, user_id),
    KEY group_members_user (user_id)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
