#!/usr/bin/env bash
# The api's tests, the store contract among them, on a real MySQL instead of MariaDB: as a user with a password over TCP, so
# that caching_sha2 is really spoken, once in the clear and once over TLS. Exits 77 where MySQL's packages are not to be had.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

work=$(mktemp -d)
finish() {
  local status=$?
  trap - EXIT INT TERM
  end_started
  wait
  rm -rf "$work"
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

bash deploy/scripts/mysql-server.sh >"$work/url" &
server=$!
started+=("$server")
until [ -s "$work/url" ]; do
  if ! kill -0 "$server" 2>/dev/null; then
    status=0
    wait "$server" || status=$?
    exit "$((status ? status : 1))"
  fi
  sleep 0.2
done

for mode in DISABLED REQUIRED; do
  say "" "== MySQL over TCP, ssl-mode=$mode"
  TEST_MYSQL_URL="$(cat "$work/url")?ssl-mode=$mode" attended cargo test -p api -p testkit --locked
done
