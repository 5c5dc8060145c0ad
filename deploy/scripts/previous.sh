#!/usr/bin/env bash
# Builds the gateway and the api of an earlier commit, PREVIOUS, and prints the folder that they are in. In a target folder of
# its own: another checkout of the same crates in ours would take ours for its own, and the other way round.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

revision=$(git rev-parse --quiet --verify "$PREVIOUS^{commit}") || fail "there is no commit $PREVIOUS here"
kept=$(target_folder)/previous
mkdir -p "$kept/source"
# Only files that differ from the last time are written, so only what they are part of is compiled again.
GIT_INDEX_FILE=$kept/index git --work-tree="$kept/source" read-tree -u --reset "$revision"
(
  cd "$kept/source"
  # The quickest build that there is: it is run for two minutes, and thrown away.
  CARGO_TARGET_DIR=$kept/target CARGO_PROFILE_DEV_DEBUG=0 CARGO_INCREMENTAL=0 \
    cargo build --locked -p gateway -p api --bins >&2
)
printf '%s\n' "$kept/target/debug"
