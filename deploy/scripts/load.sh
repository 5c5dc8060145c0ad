#!/usr/bin/env bash
# The load tool on this machine. Installs what a cluster needs and is missing, builds the nodes and imtt-load, and runs a
# short form of every scenario, within five minutes, and the goals beside what was measured; ends with 1 if a message was
# lost, doubled or reordered, whatever became of the goals.
# ARGS ("group --preset dense --seconds 60", "scale"), OUT (a folder for the figures and the page) come from the environment.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$(dirname "${BASH_SOURCE[0]}")/needs.sh"

prepare_cluster "the load tool"
cargo build --release --locked -p im-tt -p gateway -p api -p loadtest --bins
load=$(target_folder)/release/imtt-load

# Several words in one variable, on purpose.
# shellcheck disable=SC2206
options=(${ARGS:-})
if [ -n "${OUT:-}" ]; then
  mkdir -p "$OUT"
  options+=(--json "$OUT/load.json" --report "$OUT/load.html")
fi
exec "$load" "${options[@]+"${options[@]}"}"
