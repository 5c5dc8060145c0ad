# shellcheck shell=bash
# What the scripts share: words, stages with their times, ending what was started. Sourced, with `set -euo pipefail`.

# The top of the checkout; every script works from there.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root" || exit

say() { printf '%s\n' "$@"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

# Where cargo puts what it builds, wherever the caller's settings say that is.
target_folder() {
  cargo metadata --locked --no-deps --format-version 1 | sed 's/.*"target_directory":"\([^"]*\)".*/\1/'
}

# Whether the desktop app is tested: it takes minutes to build, so only when something of frontend/ is another than it was
# a commit ago, or cannot be compared. DESKTOP=1 asks for it, DESKTOP=0 does without.
wants_desktop() {
  case "${DESKTOP:-}" in
    1) return 0 ;;
    0) return 1 ;;
  esac
  ! git diff --quiet HEAD~1 -- frontend 2>/dev/null
}

# Whether the release before starts on this one's database: it does not when there are migrations that it does not know.
can_roll_back() { git diff --quiet "$PREVIOUS" -- api/migrations; }

# A Python that has the WebSocket library. One of one's own, first in the PATH, may not see the system's packages.
python_with_websockets() {
  local python
  for python in python3 /usr/bin/python3; do
    if command -v "$python" >/dev/null && "$python" -c 'import websockets' 2>/dev/null; then
      command -v "$python"
      return
    fi
  done
  return 1
}

# Ends a process and everything that it started, by their ids; a dead one is fine.
end_tree() {
  local pid=$1 child
  for child in $(ps -o pid= --ppid "$pid" 2>/dev/null); do end_tree "$child"; done
  kill "$pid" 2>/dev/null || true
}

started=()
end_started() {
  local pid
  for pid in ${started[@]+"${started[@]}"}; do end_tree "$pid"; done
  started=()
}

# Runs a command so that a signal to this script is acted on at once, and not when the command is done.
attended() {
  local pid status=0
  # The standard input stays: what asks for a password needs to know that somebody is there.
  "$@" <&0 &
  pid=$!
  started+=("$pid")
  wait "$pid" || status=$?
  return "$status"
}

# stage NAME COMMAND…: runs it, remembers how long it took, and ends the run if it fails.
stage_times=()
stage() {
  local name=$1 begun=$SECONDS status=0
  shift
  say "" "== $name"
  attended "$@" || status=$?
  stage_times+=("$(minutes $((SECONDS - begun)))  $name$([ "$status" -eq 0 ] || printf ': FAILED')")
  return "$status"
}

minutes() { printf '%3d:%02d' $(($1 / 60)) $(($1 % 60)); }
