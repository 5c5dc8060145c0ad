#!/usr/bin/env bash
# The restore drill on this machine, of a cluster with MariaDB and of the all-in-one with SQLite: drill.py says what happens.
# Installs what it needs and is missing. With METRICS_DIR (the textfile collector's folder) the result is noted for Prometheus.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$(dirname "${BASH_SOURCE[0]}")/needs.sh"

need_compiler
need_cluster
need_sqlite
need "Python with its WebSocket library" "python3 python3-websockets" python_with_websockets
need_rust
get_needs "the restore drill"
cargo build --release --locked -p im-tt -p gateway -p api -p testkit --bins
python=$(python_with_websockets)
# The first that fails is the last: what is noted is the worst of them.
for engine in mysql sqlite; do
  "$python" -B deploy/scripts/drill.py "$engine" "$(target_folder)/release"
done
