#!/usr/bin/env bash
# The desktop app's lint and tests: the shell's own, and people who chat with it on screens that nobody sees, against a
# debug build of the all-in-one. desktop-test.sh [IM_TT]
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

server=${1:-}
if [ -z "$server" ]; then
  source "$(dirname "${BASH_SOURCE[0]}")/needs.sh"
  need_desktop_build
  need_desk
  get_needs "the desktop app's tests"
  attended cargo build --locked -p im-tt
  server=$(target_folder)/debug/im-tt
fi

cd frontend/src-tauri
cargo fmt --check
# The same settings for all three, so that nothing is built twice but what lint looks at.
cargo clippy --locked --all-targets -- -D warnings
cargo test --locked
cargo build --locked
built=$(cargo metadata --locked --no-deps --format-version 1 | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
cd ..
IM_TT=$server IM_TT_DESKTOP=$built/debug/im-tt-desktop npm run --silent e2e:desktop
