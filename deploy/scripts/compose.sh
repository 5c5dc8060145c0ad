#!/usr/bin/env bash
# A cluster in containers on this host, by deploy/compose/compose.yml. Its secrets are made once, in deploy/compose/.env, which
# stays and is for nobody else to read. `compose.sh secrets FILE` only makes them, in a file that is not there yet.
# PORT (8080) comes from the environment.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

secrets() {
  local file=$1 name
  (
    umask 077
    for name in JWT_SECRET INTERNAL_SECRET DATABASE_PASSWORD REDIS_PASSWORD; do
      printf '%s=%s\n' "$name" "$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')"
    done >"$file.new"
  )
  # Whole or not at all, and never over others: a database is known by its password.
  mv -n "$file.new" "$file"
}

if [ "${1:-}" = secrets ]; then
  secrets "${2:?which file}"
  exit
fi
docker compose version >/dev/null 2>&1 || fail "docker with its compose plugin is missing: https://docs.docker.com/engine/install/"
[ -e deploy/compose/.env ] || secrets deploy/compose/.env
exec docker compose -f deploy/compose/compose.yml up --build --detach --wait
