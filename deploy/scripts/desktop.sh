#!/usr/bin/env bash
# Builds the desktop app's packages, .deb and .rpm, with what it needs (Debian, Ubuntu).
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$(dirname "${BASH_SOURCE[0]}")/needs.sh"

need_rust
need_desktop_build
get_needs "building the desktop app"
cd frontend
[ -d node_modules ] || npm ci --no-audit --no-fund
npm run tauri build
