CREATE TABLE groups_table (
    id          BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name        VARCHAR(100) NOT NULL,
    description TEXT         NOT NULL,
    avatar      VARCHAR(255) NOT NULL,
    owner_id    BIGINT       NOT NULL,
    join_policy VARCHAR(20)  NOT NULL,
    created_at  DATETIME(3)  NOT NULL,
    updated_at  DATETIME(3)  NOT NULL,
    closed_at   DATETIME(3)  NULL
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
