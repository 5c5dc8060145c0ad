#!/usr/bin/env bash
# Autobahn's cases against our WebSocket codec, behind the echo of gateway/examples/echo.rs; conformance.py says which cases
# are not for us, and why. `conformance.sh ECHO` runs the quick groups against that build of the echo, as `make test` does;
# without it the echo is built and every group is run (CASES="7.* 1.1.1" for some).
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$(dirname "${BASH_SOURCE[0]}")/needs.sh"

quick="1.* 2.* 3.* 4.* 5.* 6.* 7.* 10.*"

work=$(mktemp -d)
finish() {
  local status=$?
  trap - EXIT INT TERM
  end_started
  rm -rf "$work"
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

target=$(target_folder)
echo=${1:-}
cases=$quick
if [ -z "$echo" ]; then
  need_rust
  need_compiler
  need_pip
  get_needs "the conformance cases"
  # With the features that the tests are built with, so that one serves the other.
  attended cargo build --workspace --locked --example echo
  echo=$target/debug/examples/echo
  cases=${CASES:-$quick 9.* 12.* 13.*}
fi

# The runner stays where it is until it is pinned anew.
runner=$target/kosoku
if ! cmp -s deploy/scripts/conformance.txt "$runner/pinned.txt"; then
  rm -rf "$runner"
  attended python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --no-deps --only-binary :all: --require-hashes \
    --target "$runner" -r deploy/scripts/conformance.txt
  cp deploy/scripts/conformance.txt "$runner/pinned.txt"
fi

"$echo" 127.0.0.1:0 >"$work/echo" &
server=$!
started+=("$server")
until grep -q 'serves http' "$work/echo"; do
  kill -0 "$server" 2>/dev/null || fail "the echo did not start"
  sleep 0.1
done
address=$(sed -n 's|.*serves http://||p' "$work/echo")

# Several cases in one variable, on purpose; none of them is a file's name.
set -f
# shellcheck disable=SC2086
PYTHONPATH=$runner attended python3 -B deploy/scripts/conformance.py "$address" $cases
