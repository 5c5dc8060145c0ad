-- One row: the epoch of this database, changed by a restore.
CREATE TABLE incarnation (
    id    INTEGER NOT NULL PRIMARY KEY,
    epoch TEXT    NOT NULL
);
