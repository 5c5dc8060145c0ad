#!/usr/bin/env bash
# The load tool on this machine. Installs what a cluster needs and is missing, builds the nodes and imtt-load, and runs a
# short form of every scenario, within five minutes, and the goals beside what was measured; ends with 1 if a message was
# lost, doubled or reordered, whatever became of the goals.
# ARGS ("group --preset dense --seconds 60", "scale"), OUT (a folder for the figures and the page) come from the environment.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$(dirname "${BASH_SOURCE[0]}")/needs.sh"

# For ARGS="peers": what people would use instead. What cannot be had here is skipped, and the tool says so. The packages
# are those of the lock file; one of them is large, and none is fetched again without need.
peers_packages() {
  has npm >/dev/null || return 0
  (cd loadtest/peers
   [ node_modules -nt package-lock.json ] && exit
   npm ci --ignore-scripts --no-audit --no-fund && touch node_modules) ||
    { rm -rf loadtest/peers/node_modules && say "The peers' packages cannot be installed." >&2; }
}

# Several words in one variable, on purpose.
# shellcheck disable=SC2206
options=(${ARGS:-})
if [ "${options[0]:-}" = peers ]; then
  if may_install; then need "a NATS, to compare with" "nats-server" has nats-server; fi
  prepare_cluster "the load tool and what it compares with"
  peers_packages
else
  prepare_cluster "the load tool"
fi
cargo build --release --locked -p im-tt -p gateway -p api -p loadtest --bins
load=$(target_folder)/release/imtt-load

if [ -n "${OUT:-}" ]; then
  mkdir -p "$OUT"
  options+=(--json "$OUT/load.json" --report "$OUT/load.html")
fi
exec "$load" "${options[@]+"${options[@]}"}"
