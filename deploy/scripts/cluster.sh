#!/usr/bin/env bash
# A cluster on this machine: MariaDB, Redis, apis, gateways and HAProxy, each a process. Installs what it needs and is
# missing, builds the nodes, and hands over to private-cluster, which supervises them and leaves nothing behind.
# GATEWAYS (3), APIS (2), PORT (8080), LOGS (a folder that stays) and every variable of the nodes come from the environment.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$(dirname "${BASH_SOURCE[0]}")/needs.sh"

prepare_cluster "the cluster"
cargo build --release --locked -p gateway -p api -p testkit --bins
exec "$(target_folder)/release/private-cluster"
