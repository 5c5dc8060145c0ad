#!/usr/bin/env bash
# A backup of one moment, of a system that goes on running:
#   backup.sh mysql OPTIONS DATABASE FOLDER    the database of a cluster; OPTIONS is a file with [client] host, user, password
#   backup.sh sqlite DATA_DIR FOLDER           the all-in-one: its database and its secret
# FOLDER is made, whole or not at all. With METRICS_DIR (the textfile collector's folder) it notes that it ran, and how it ended.
set -euo pipefail
umask 077

fail() { printf 'backup: %s\n' "$*" >&2; exit 1; }
# The newer name first; MySQL has the other one.
dump() { "$(command -v mariadb-dump || command -v mysqldump)" "$@"; }

of_mysql() { # OPTIONS DATABASE
  # One transaction sees one moment, whatever is written meanwhile. Nothing is locked.
  dump --defaults-extra-file="$1" --single-transaction --quick --hex-blob --no-tablespaces "$2" | gzip >"$part/database.sql.gz"
  gzip -dc "$part/database.sql.gz" | tail -n 1 | grep -q '^-- Dump completed' || fail "the dump is not complete"
}

of_sqlite() { # DATA_DIR
  [ -f "$1/im-tt.sqlite" ] || fail "there is no im-tt.sqlite in $1"
  # One read transaction; .backup would begin again with each write of the running program.
  sqlite3 -cmd '.timeout 10000' "$1/im-tt.sqlite" "VACUUM INTO '${part//\'/\'\'}/im-tt.sqlite'"
  [ "$(sqlite3 "$part/im-tt.sqlite" 'PRAGMA quick_check')" = ok ] || fail "the copy is not sound"
  cp "$1/secret" "$part/secret"
}

note() {
  if [ -n "${METRICS_DIR:-}" ]; then bash "$(dirname "${BASH_SOURCE[0]}")/note-run.sh" "$METRICS_DIR" backup "$1"; fi
}

trap 'note failed' EXIT
case "${1:-} $#" in
  "mysql 4" | "sqlite 3") ;;
  *) fail "usage: backup.sh mysql OPTIONS DATABASE FOLDER, or backup.sh sqlite DATA_DIR FOLDER" ;;
esac
folder=${*: -1}
[ ! -e "$folder" ] || fail "$folder is there already"
part=$folder.part
rm -rf "$part"
mkdir -p "$part"
"of_$1" "${@:2:$#-2}"
sync "$part"/*
mv "$part" "$folder"

trap - EXIT
note ok
