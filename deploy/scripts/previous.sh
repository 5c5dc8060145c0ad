#!/usr/bin/env bash
# Builds the gateway and the api of an earlier commit, PREVIOUS, and prints the folder that they are in. In a target folder of
# its own: another checkout of the same crates in ours would take ours for its own, and the other way round. What is not ours
# was compiled for our own build before, and is taken over from there.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

revision=$(git rev-parse --quiet --verify "$PREVIOUS^{commit}") || fail "there is no commit $PREVIOUS here"
built=$(target_folder)/debug
kept=$(target_folder)/previous
mkdir -p "$kept/source"
# Only files that differ from the last time are written, so only what they are part of is compiled again.
GIT_INDEX_FILE=$kept/index git --work-tree="$kept/source" read-tree -u --reset "$revision"
cd "$kept/source"

# Puts what $2 has into $3, as links or copies ($1), but for what begins with $4 and the name of a crate of ours.
take_over() {
  local how=$1 from=$2 to=$3 prefix=$4 name others=()
  mkdir -p "$to"
  [ -d "$from" ] || return 0
  for name in "${own[@]}"; do others+=(! -name "$prefix${name//-/[-_]}-*"); done
  find "$from" -mindepth 1 -maxdepth 1 -name "$prefix*" "${others[@]}" -exec cp "$how" -t "$to" {} +
}

if [ ! -d "$kept/target" ]; then
  rm -rf "$kept/new"
  members=$(cargo tree --locked --workspace --depth 0 --prefix none | cut -d ' ' -f 1)
  mapfile -t own <<<"$members"
  # A library that is made again is put in the place of the old one, never written into it: a link is as good as a copy.
  take_over -al "$built/deps" "$kept/new/debug/deps" lib
  take_over -a "$built/build" "$kept/new/debug/build" ""
  take_over -a "$built/.fingerprint" "$kept/new/debug/.fingerprint" ""
  mv "$kept/new" "$kept/target"
fi

# Our own build is one of the workspace with its tests. An example asks for the same features, and so for the same libraries.
CARGO_TARGET_DIR=$kept/target CARGO_INCREMENTAL=0 \
  cargo build --workspace --locked --bin gateway --bin api --example echo >&2
printf '%s\n' "$kept/target/debug"
