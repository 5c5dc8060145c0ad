#!/usr/bin/env bash
# Builds the desktop app's packages, and measures them: their size, how soon the window is there, what the app holds.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$(dirname "${BASH_SOURCE[0]}")/needs.sh"

need_rust
need_desktop_build
need_desk
get_needs "the desktop app's packages and a screen for them"
cargo build --locked -p im-tt
bash "$(dirname "${BASH_SOURCE[0]}")/desktop.sh"
cd frontend
IM_TT=$(target_folder)/debug/im-tt IM_TT_DESKTOP=$PWD/src-tauri/target/release/im-tt-desktop npm run --silent bench:desktop
