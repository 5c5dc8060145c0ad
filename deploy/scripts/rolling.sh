#!/usr/bin/env bash
# A rolling restart on this machine: a cluster behind HAProxy whose nodes are restarted one after the other while people chat.
# Ends with 1 if a promise was broken. With PREVIOUS (a commit) the nodes are rolled from that release to this one and back.
# OUT (a folder for the history and the logs) and SEED come from the environment.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$(dirname "${BASH_SOURCE[0]}")/needs.sh"

prepare_cluster "the rolling restart"
options=(${SEED:+--seed "$SEED"} ${OUT:+--out "$OUT"})
if [ -n "${PREVIOUS:-}" ]; then
  # Debug builds, as `make test` has them: then the libraries are compiled once for both releases, or not at all.
  profile=debug
  cargo build --workspace --locked --bins --example echo
  options+=(--previous "$(bash deploy/scripts/previous.sh)")
  can_roll_back || options+=(--up-only)
else
  profile=release
  cargo build --release --locked -p gateway -p api -p loadtest --bins
fi
exec "$(target_folder)/$profile/imtt-rolling" "${options[@]}"
