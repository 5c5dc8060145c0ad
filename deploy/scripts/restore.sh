#!/usr/bin/env bash
# Puts a backup of backup.sh where nothing is yet, with a new epoch:
#   restore.sh mysql OPTIONS DATABASE FOLDER    into an empty database; OPTIONS is a file with [client] host, user, password
#   restore.sh sqlite DATA_DIR FOLDER           into a data folder without a database
# Nothing of IM-TT may run on it meanwhile. Afterwards start all nodes, also the gateways: they know the numbers of before.
set -euo pipefail
umask 077

fail() { printf 'restore: %s\n' "$*" >&2; exit 1; }
client() { "$(command -v mariadb || command -v mysql)" "$@"; }
# Numbers that were given out after the backup are given out again, for other messages: clients that have the old ones must
# know. The next start makes a new epoch where there is none.
new_epoch='DELETE FROM incarnation'

of_mysql() { # OPTIONS DATABASE
  local tables
  tables=$(client --defaults-extra-file="$1" -N -e 'SHOW TABLES' "$2") || fail "the database $2 cannot be had"
  [ -z "$tables" ] || fail "the database $2 is not empty"
  gzip -dc "$folder/database.sql.gz" | client --defaults-extra-file="$1" "$2"
  client --defaults-extra-file="$1" -e "$new_epoch" "$2"
}

of_sqlite() { # DATA_DIR
  [ ! -e "$1/im-tt.sqlite" ] || fail "$1 has a database already"
  mkdir -p "$1"
  # What belongs to another database of that name would be taken for this one's.
  rm -f "$1/im-tt.sqlite-wal" "$1/im-tt.sqlite-shm"
  cp "$folder/im-tt.sqlite" "$1/im-tt.sqlite.part"
  sqlite3 "$1/im-tt.sqlite.part" "$new_epoch"
  cp "$folder/secret" "$1/secret"
  mv "$1/im-tt.sqlite.part" "$1/im-tt.sqlite"
}

case "${1:-} $#" in
  "mysql 4" | "sqlite 3") ;;
  *) fail "usage: restore.sh mysql OPTIONS DATABASE FOLDER, or restore.sh sqlite DATA_DIR FOLDER" ;;
esac
folder=${*: -1}
[ -d "$folder" ] || fail "there is no backup $folder"
"of_$1" "${@:2:$#-2}"
