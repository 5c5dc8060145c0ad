#!/usr/bin/env bash
# The fault campaign on this machine. Installs what the cluster needs and is missing, builds the nodes and imtt-chaos, and
# runs it; ends with 1 if a promise was broken. `chaos.sh smoke`: every kind of fault twice, within five minutes.
# FAULTS (1000), SEED (another one each time), OUT (a folder for the history and the logs) come from the environment.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$(dirname "${BASH_SOURCE[0]}")/needs.sh"

prepare_cluster "the fault campaign"
cargo build --release --locked -p gateway -p api -p loadtest --bins
chaos=$(target_folder)/release/imtt-chaos

options=(${SEED:+--seed "$SEED"} ${OUT:+--out "$OUT"})
if [ "${1:-}" = smoke ]; then
  exec "$chaos" --smoke "${options[@]}"
fi
exec "$chaos" --faults "${FAULTS:-1000}" "${options[@]}"
