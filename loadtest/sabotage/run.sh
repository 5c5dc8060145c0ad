#!/usr/bin/env bash
# Proves the fault campaign: builds the nodes with each of the bugs in *.patch, one at a time, lets a short campaign
# loose on them, and sees that it breaks the promise that the patch names. `run.sh NAME…` takes only these bugs.
# SEED (7), FAULTS (4) and RATE (200) come from the environment. Works in scratch/sabotage, on what is committed.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../../deploy/scripts/lib.sh"
source "$root/deploy/scripts/needs.sh"
trap end_started EXIT
trap 'exit 130' INT TERM

patches=$root/loadtest/sabotage
scratch=$root/scratch/sabotage
tree=$scratch/tree
built=$scratch/target

# The value of a patch's line `# NAME: VALUE`.
said() { sed -n "s/^# $2: //p" "$patches/$1.patch"; }

# The tree lies below a checkout and is none, which git has to be told.
apply() { (cd "$tree" && GIT_CEILING_DIRECTORIES=$scratch git apply "$@"); }

build() {
  (cd "$tree" && CARGO_TARGET_DIR=$built attended cargo build --quiet --locked -p gateway -p api --bins) \
    >"$scratch/$1.build" 2>&1
}

# sabotage NAME: says what became of it; false if nobody noticed.
sabotage() {
  local name=$1 log=$scratch/$1.log status=0 invariant options
  read -ra options <<<"$(said "$name" options)"
  apply "$patches/$name.patch" || { verdict="NOT CAUGHT: the patch does not apply"; return 1; }
  build "$name" || status=$?
  # Undone before anything else, so that the next bug comes alone.
  apply -R "$patches/$name.patch"
  [ "$status" -eq 0 ] || { verdict="NOT CAUGHT: it does not build, see $scratch/$name.build"; return 1; }
  attended "$chaos" --smoke --binaries "$built/debug" --kinds "$(said "$name" kinds)" --faults "${FAULTS:-4}" \
    --rate "${RATE:-200}" --seed "${SEED:-7}" ${options[@]+"${options[@]}"} >"$log" 2>&1 || status=$?
  verdict=$(sed -n 's/^VIOLATED //p' "$log" | tr '\n' ';')
  if [ "$status" -eq 1 ]; then
    for invariant in $(said "$name" caught-by); do
      if grep -q "^VIOLATED $invariant:" "$log"; then return 0; fi
    done
  fi
  verdict="NOT CAUGHT (ended with $status: ${verdict:-nothing}), see $log"
  return 1
}

prepare_cluster "the fault campaign"
chaos=$(target_folder)/debug/imtt-chaos
attended cargo build --quiet --locked -p loadtest --bins

names=("$@")
[ $# -gt 0 ] || for patch in "$patches"/*.patch; do names+=("$(basename "$patch" .patch)"); done
for name in "${names[@]}"; do
  [ -f "$patches/$name.patch" ] || fail "there is no $patches/$name.patch"
done
rm -rf "$tree"
mkdir -p "$tree"
# With the present time as their own, or cargo takes older files for those that it knows.
git archive HEAD | tar -x -m -C "$tree"

uncaught=0
table=()
for name in "${names[@]}"; do
  begun=$SECONDS
  sabotage "$name" || uncaught=$((uncaught + 1))
  table+=("$(printf '%-26s %-12s %4s s  %s' "$name" "$(said "$name" caught-by)" $((SECONDS - begun)) "$verdict")")
  say "${table[-1]}"
done
say "" "bug                        caught by        time  what was violated" "${table[@]}"
[ "$uncaught" -eq 0 ] || fail "$uncaught of ${#names[@]} bugs were not caught"
