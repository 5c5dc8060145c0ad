-- One row: the epoch of this database, changed by a restore.
CREATE TABLE incarnation (
    id    BIGINT      NOT NULL PRIMARY KEY,
    epoch VARCHAR(40) NOT NULL
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
