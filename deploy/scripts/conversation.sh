#!/usr/bin/env bash
# Builds the all-in-one and holds a conversation through it: conversation.py says what happens in it.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

python=$(python_with_websockets) ||
  fail "this needs Python 3 with the websockets library (Debian: python3-websockets; make test-needs installs it)"
cargo build --release --locked -p im-tt
exec "$python" -B deploy/scripts/conversation.py "$(target_folder)/release/im-tt"
