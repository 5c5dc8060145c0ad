#!/usr/bin/env bash
# A real MySQL, without touching the system: Debian's packages of it (they are in sid alone), unpacked into scratch/mysql
# and run from there with their own libraries. Prints the address, serves until it is ended, and removes its data then.
# The mirror and its keys are those that apt already uses here. Where that is not to be had it says so and exits 77.
#
#   deploy/scripts/mysql-server.sh        prints mysql://imtt:…@127.0.0.1:PORT: a user with a password, over TCP
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

home=$root/scratch/mysql
unpacked=$home/root
skip() { say "No MySQL here: $*" >&2; exit 77; }

# The first Debian mirror that this machine's apt knows. What it serves is checked against Debian's keys as always.
debian_mirror() {
  # apt fills the names in, not the shell.
  # shellcheck disable=SC2016
  apt-get indextargets --format '$(REPO_URI)|$(ORIGIN)|$(SUITE)' 'Created-By: Packages' 2>/dev/null |
    awk -F'|' '$2 == "Debian" && $3 !~ /security|updates|backports/ { print $1; exit }'
}

# An apt of its own: nothing installed, nothing known but sid, everything below scratch/mysql.
write_apt_settings() {
  local mirror=$1
  mkdir -p "$home"/apt/{state/lists/partial,cache/archives/partial}
  : >"$home/apt/status"
  printf 'deb %s sid main\n' "$mirror" >"$home/apt/sources.list"
  cat >"$home/apt/apt.conf" <<SETTINGS
Dir::State "$home/apt/state";
Dir::State::status "$home/apt/status";
Dir::Cache "$home/apt/cache";
Dir::Etc::sourcelist "$home/apt/sources.list";
Dir::Etc::sourceparts "-";
APT::Install-Recommends "false";
APT::Sandbox::User "";
SETTINGS
}

fetch() {
  if ! command -v apt-get >/dev/null; then skip "this is no Debian."; fi
  local mirror
  mirror=$(debian_mirror)
  [ -n "$mirror" ] || skip "apt knows no Debian mirror."
  say "Fetching MySQL from the mirror that apt uses (some 60 MB), into scratch/mysql" >&2
  write_apt_settings "$mirror"
  export APT_CONFIG=$home/apt/apt.conf
  apt-get update -q >&2 || skip "the mirror does not answer, or has no sid."
  apt-get install -q -y --download-only mysql-server-core >&2 || skip "the packages cannot be had."
  unset APT_CONFIG
  mkdir -p "$unpacked.new"
  local package
  for package in "$home"/apt/cache/archives/*.deb; do dpkg-deb --extract "$package" "$unpacked.new"; done
  mv "$unpacked.new" "$unpacked"
  rm -rf "$home/apt"
}

# Its own loader and libraries: those of this machine may be older than what the program was built for.
mysqld() {
  local libraries loader
  libraries=$(dirname "$(find -L "$unpacked/usr/lib" -name libc.so.6 -print -quit)")
  loader=$(find -L "$libraries" -maxdepth 1 -name 'ld-linux*' -print -quit)
  exec "$loader" --library-path "$libraries:$libraries/mysql/private" "$unpacked/usr/sbin/mysqld" --no-defaults \
    --basedir="$unpacked/usr" --plugin-dir="$unpacked/usr/lib/mysql/plugin" \
    --lc-messages-dir="$unpacked/usr/share/mysql" --secure-file-priv= --datadir="$data/files" \
    --socket="$data/socket" --pid-file="$data/pid" --mysqlx=OFF --port="$port" --bind-address=127.0.0.1 \
    --skip-name-resolve --innodb-buffer-pool-size=128M --max-connections=500 --user="$user" "$@"
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

finish() {
  local status=$?
  trap - EXIT INT TERM
  end_started
  local pid
  for pid in ${server_pid:-}; do wait "$pid" 2>/dev/null || true; done
  rm -rf "${data:-}"
  exit "$status"
}

serve() {
  # A socket's path is short by law, and the server's user must be able to reach it: hence not below scratch.
  data=$(mktemp -d)
  trap finish EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  user=$(id -un)
  port=$(free_port)
  local password
  password=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
  printf "CREATE USER imtt@'%%' IDENTIFIED BY '%s';\nGRANT ALL ON *.* TO imtt@'%%' WITH GRANT OPTION;\n" "$password" >"$data/users.sql"

  (mysqld --initialize-insecure) >"$data/log" 2>&1 || { cat "$data/log" >&2; fail "MySQL cannot make its data folder."; }
  (mysqld --init-file="$data/users.sql") >>"$data/log" 2>&1 &
  server_pid=$!
  started+=("$server_pid")
  until grep -q 'ready for connections.*port: '"$port" "$data/log"; do
    kill -0 "$server_pid" 2>/dev/null || { cat "$data/log" >&2; fail "MySQL does not start."; }
    sleep 0.1
  done
  say "mysql://imtt:$password@127.0.0.1:$port"
  wait "$server_pid"
}

[ -d "$unpacked" ] || fetch
serve
