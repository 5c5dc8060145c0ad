CREATE TABLE sessions (
    id           BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    user_id      BIGINT       NOT NULL,
    seed         BINARY(32)   NOT NULL,
    generation   BIGINT       NOT NULL,
    device       VARCHAR(200) NOT NULL,
    created_at   DATETIME(3)  NOT NULL,
    rotated_at   DATETIME(3)  NOT NULL,
    ended_at     DATETIME(3)  NULL,
    KEY sessions_user (user_id)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
