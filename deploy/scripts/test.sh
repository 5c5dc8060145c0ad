#!/usr/bin/env bash
# Everything that must pass before a change lands: what `make test` and CI run. Needs Rust; gets the rest by itself.
# One private MariaDB serves the whole run. Ends what it started however it ends, and says how long each stage took.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Backtraces of failing tests, lines in one piece; the tests' own results are repeated at the end.
export RUST_BACKTRACE=1 CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-never}
work=$(mktemp -d)
results=$work/results

finish() {
  local status=$?
  trap - EXIT INT TERM
  end_started
  summary "$status"
  rm -rf "$work"
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# What cargo and Node's runner say at the end of each of their runs, added up.
summary() {
  say "" "== The run"
  printf '%s\n' ${stage_times[@]+"${stage_times[@]}"}
  say "$(minutes "$SECONDS")  together (minutes:seconds)"
  if [ -s "$results" ]; then
    say "" "== The tests' own results"
    grep -E '^test result:|^ℹ (pass|fail|cancelled|skipped) ' "$results" || true
    awk '/^test result:/ { passed += $4; failed += $6; skipped += $8 }
      /^ℹ pass / { passed += $3 } /^ℹ (fail|cancelled) / { failed += $3 } /^ℹ skipped / { skipped += $3 }
      END { printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped }' "$results"
  fi
  [ "$1" -eq 0 ] || say "make test: FAILED"
}

docs() { RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked; }

# The output goes to the screen as it comes, and to a file for the summary. The last command's status is not the tests'.
tests() { cargo test --workspace --locked --no-fail-fast 2>&1 | tee -a "$results"; }

# The web client. Of its packages three go along with it, the others check and test it; npm takes exactly those of the
# lock file.
packages() { (cd frontend && npm ci --no-audit --no-fund && npm run --silent vendor); }
check_ui() { (cd frontend && npm run --silent check); }
test_ui() { (cd frontend && npm run --silent test) 2>&1 | tee -a "$results"; }
# Those that the load tool compares with are read, not run: their packages are no part of this.
check_peers() {
  local program
  for program in loadtest/peers/*.mjs; do node --check "$program" || return; done
}
browsers() {
  local built=$target/debug
  (cd frontend && IM_TT=$built/im-tt IM_TT_CLUSTER=$built/private-cluster npm run --silent e2e) 2>&1 | tee -a "$results"
}

# What Kubernetes and an engine for containers would be given, against schemas and our own assertions; neither is asked.
k8s() { bash deploy/scripts/k8s-check.sh "$target/debug" 2>&1 | tee -a "$results"; }

# The real nodes behind both proxies, over TLS: a test that wants the machine for itself.
proxies() { cargo test --workspace --locked --test fronts -- --ignored 2>&1 | tee -a "$results"; }

# What watches, against what lives: one long test, left out of the others.
watching() { cargo test --workspace --locked --test watching -- --ignored 2>&1 | tee -a "$results"; }

# Every kind of fault twice, by another seed each time; it prints the seed, and what was broken if anything was.
faults() { "$target/debug/imtt-chaos" --smoke; }

# All nodes are restarted in turn, under load, as an upgrade: from the commit before (PREVIOUS names another one) to this one,
# and back. What they log at `debug` is searched for secrets.
rolling() {
  local previous options=()
  PREVIOUS=${PREVIOUS:-$(git rev-parse --quiet --verify 'HEAD~1^{commit}')} || true
  if [ -n "$PREVIOUS" ]; then
    export PREVIOUS
    previous=$(bash deploy/scripts/previous.sh) || return
    options=(--previous "$previous")
    can_roll_back || options+=(--up-only)
  else
    say "This checkout has no commit before its own: the nodes are restarted as what they were. NO UPGRADE WAS TRIED."
  fi
  "$target/debug/imtt-rolling" ${options[@]+"${options[@]}"}
}

# Backed up under load, lost, restored elsewhere: by the scripts that operators use, on both engines.
restore() {
  local engine
  for engine in mysql sqlite; do
    "$python" -B deploy/scripts/drill.py "$engine" "$target/debug" || return
  done
}

# The desktop app: a workspace of its own, and people at desks with it.
desktop() { bash deploy/scripts/desktop-test.sh "$target/debug/im-tt" 2>&1 | tee -a "$results"; }

private_mariadb() {
  local url_file=$work/mariadb-url server
  "$target/debug/private-mariadb" >"$url_file" &
  server=$!
  started+=("$server")
  # It gives up by itself after a minute, with its log.
  until [ -s "$url_file" ]; do
    kill -0 "$server" 2>/dev/null || fail "the private MariaDB did not start"
    sleep 0.1
  done
  TEST_MYSQL_URL=$(cat "$url_file")
  export TEST_MYSQL_URL
  say "MariaDB for this run: $TEST_MYSQL_URL"
}

stage "needs" bash deploy/scripts/test-needs.sh
target=$(target_folder)
python=$(python_with_websockets)
stage "format" cargo fmt --all --check
stage "frontend packages" packages
stage "frontend check" check_ui
stage "peers check" check_peers
stage "frontend tests" test_ui
stage "lint" cargo clippy --workspace --all-targets --locked -- -D warnings
# With all targets, as `cargo test` will want them: the same features, so nothing is built twice.
stage "build" cargo build --workspace --all-targets --locked
private_mariadb
stage "tests" tests
stage "conformance" bash deploy/scripts/conformance.sh "$target/debug/examples/echo"
stage "proxies" proxies
stage "k8s" k8s
stage "watching" watching
stage "faults" faults
stage "rolling" rolling
stage "restore" restore
stage "docs" docs
stage "conversation" "$python" -B deploy/scripts/conversation.py "$target/debug/im-tt"
stage "browsers" browsers
if wants_desktop; then
  stage "desktop" desktop
else
  say "" "== desktop: nothing of frontend/ has changed since the commit before; DESKTOP=1 tests it nevertheless"
fi
