CREATE TABLE users (
    id            BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    username      VARCHAR(50)  NOT NULL,
    username_key  VARCHAR(200) NOT NULL,
    email         VARCHAR(100) NOT NULL,
    email_key     VARCHAR(200) NOT NULL,
    password_hash VARCHAR(100) NOT NULL,
    avatar        VARCHAR(255) NOT NULL,
    status        VARCHAR(10)  NOT NULL,
    created_at    DATETIME(3)  NOT NULL,
    updated_at    DATETIME(3)  NOT NULL,
    closed_at     DATETIME(3)  NULL,
    UNIQUE KEY users_username (username_key),
    UNIQUE KEY users_email (email_key)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
