#!/usr/bin/env bash
# What the hot pieces cost on this machine. BENCH (a part of a name) comes from the environment. The bus and the append have
# a Redis and a MariaDB of their own, which are installed if they are missing.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$(dirname "${BASH_SOURCE[0]}")/needs.sh"

prepare_cluster "the benches"
# By name, since without one the crates' unit tests would be built for nothing.
exec cargo bench --locked -p shared -p gateway -p api --bench '*' -- ${BENCH:+"$BENCH"}
