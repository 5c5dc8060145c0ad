#!/usr/bin/env bash
# What the tests need beyond the repository, and getting it: on Debian and Ubuntu by apt, as root or through sudo. Elsewhere,
# or where that may not be, it says what is missing and exits 1. It never touches Rust, which is the user's own.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$(dirname "${BASH_SOURCE[0]}")/needs.sh"

has_chromium() { has "${CHROMIUM:-chromium}" || has chromium-browser || has google-chrome; }
has_nginx() { has nginx && has openssl; }
has_font() { fc-list --format '%{family}\n' | grep "$1"; }
has_fonts() {
  has_font 'Open Sans' && has_font 'Noto Sans CJK SC' && has_font 'Noto Color Emoji' && has_font 'DejaVu Sans'
}

# Node's major version, or 0; and that which apt would bring.
node_here() { node --version 2>/dev/null | sed -n 's/^v\([0-9]*\)\..*/\1/p' | grep . || echo 0; }
node_to_be_had() {
  apt-cache policy nodejs 2>/dev/null | sed -n 's/^ *Candidate: \(.*:\)\{0,1\}\([0-9]*\)\..*/\2/p' | grep . || echo 0
}

check_rust() {
  need_rust
  cargo fmt --version >/dev/null 2>&1 || fail "rustfmt is missing: rustup component add rustfmt"
  cargo clippy --version >/dev/null 2>&1 || fail "clippy is missing: rustup component add clippy"
}

# The web client's tests want Node, and Debian 12 has an older one: then it has to be somebody's choice where it comes from.
check_node() {
  local wanted
  wanted=$(sed -n 's/.*"node": ">=\([0-9]*\)[0-9.]*".*/\1/p' frontend/package.json)
  if [ "$(node_here)" -ge "$wanted" ] && has npm >/dev/null; then return; fi
  if [ "$(node_here)" -eq 0 ] && may_install && [ "$(node_to_be_had)" -ge "$wanted" ]; then
    need "Node.js $wanted or newer with npm, for the web client's tests" "nodejs npm" false
    return
  fi
  say "Node.js $wanted or newer with npm is needed for the web client's tests, and node here is: $(node --version 2>&1 || true)" \
    "(Debian 12's own packages have 18). Install it from https://nodejs.org or with your version manager." >&2
  exit 1
}

check_rust
need_compiler
need_cluster
need_sqlite
need_watching
need "Python with its WebSocket library" "python3 python3-websockets" python_with_websockets
need_pip
need_go
need "an nginx, and openssl for its certificate" "nginx openssl" has_nginx
need "ps, to end what was started" "procps" has ps
check_node
screenshot_fonts="fontconfig fonts-open-sans fonts-noto-cjk fonts-noto-color-emoji fonts-dejavu-core"
need "Chromium, for the tests in browsers" "chromium" has_chromium
need "the fonts that the screenshots are made with" "$screenshot_fonts" has_fonts
if wants_desktop; then
  need_desktop_build
  need_desk
fi
get_needs "the tests"
