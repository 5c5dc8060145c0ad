#!/usr/bin/env bash
# Whether all that watches fits what it watches: the rules and their tests, dashboards and runbook, and every query of them
# against a cluster that lives, with Prometheus and its exporters. Installs what is missing.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$(dirname "${BASH_SOURCE[0]}")/needs.sh"

need_watching
prepare_cluster "watching"
# The nodes, as the tests want them: the same features, so nothing is built twice.
attended cargo build --workspace --all-targets --locked
exec cargo test --workspace --locked --test watching -- --include-ignored
