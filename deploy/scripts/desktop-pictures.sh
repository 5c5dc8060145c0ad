#!/usr/bin/env bash
# Takes the pictures of the desktop app's own window for docs/client.md, with debug builds of the shell and of the
# all-in-one, on a screen that nobody sees.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$(dirname "${BASH_SOURCE[0]}")/needs.sh"

need_desktop_build
need_desk
get_needs "the pictures of the desktop app"
cargo build --locked -p im-tt
IM_TT=$(target_folder)/debug/im-tt
export IM_TT
cd frontend/src-tauri
cargo build --locked
cd ..
# Friends are online by a WebSocket each, which Node 20 has behind this flag.
node --experimental-websocket tools/desktop-pictures.mjs
