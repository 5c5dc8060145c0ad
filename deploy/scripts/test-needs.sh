#!/usr/bin/env bash
# What the tests need beyond the repository, and getting it: on Debian and Ubuntu by apt, as root or through sudo. Elsewhere,
# or where that may not be, it says what is missing and exits 1. It never touches Rust, which is the user's own.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

missing=()  # for people, a line each
packages=() # for apt

need() { # need WHAT-FOR PACKAGES CHECK…
  local what=$1 wanted=$2
  shift 2
  if ! "$@" >/dev/null 2>&1; then
    missing+=("$what ($wanted)")
    # Several packages in one word, on purpose.
    # shellcheck disable=SC2206
    packages+=($wanted)
  fi
}

# Servers lie in sbin, which an ordinary user's PATH often lacks.
export PATH="$PATH:/usr/sbin:/sbin"
has() { command -v "$1"; }
has_mariadb() { has mariadbd && has mariadb-install-db; }
has_chromium() { has "${CHROMIUM:-chromium}" || has chromium-browser || has google-chrome; }
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
  local wanted
  wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
  has cargo >/dev/null || fail "Rust is missing: install $wanted or newer with rustup (https://rustup.rs)."
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

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif [ -t 0 ]; then
    sudo "$@"
  else
    sudo -n "$@"
  fi
}

may_install() {
  has apt-get >/dev/null || return 1
  [ "$(id -u)" -eq 0 ] || { has sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; }
}

# A package that brings a server starts it. Ours are private ones, so no service may start while we install;
# a policy that somebody else put there stays as it is.
policy=/usr/sbin/policy-rc.d
made_policy=no
forbid_services() {
  if [ ! -e "$policy" ]; then
    made_policy=yes
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
  fi
}
allow_services() {
  if [ "$made_policy" = yes ]; then
    made_policy=no
    as_root rm -f "$policy"
  fi
}

install_packages() {
  say "Installing for the tests: ${packages[*]}"
  trap allow_services EXIT
  trap 'exit 143' INT TERM
  forbid_services
  as_root apt-get update -q
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${packages[@]}"
  allow_services
}

check_rust
need "a C compiler, for SQLite" "gcc libc6-dev" has cc
need "a MariaDB to test on" "mariadb-server" has_mariadb
need "Python with its WebSocket library" "python3 python3-websockets" python_with_websockets
need "ps, to end what was started" "procps" has ps
check_node
screenshot_fonts="fontconfig fonts-open-sans fonts-noto-cjk fonts-noto-color-emoji fonts-dejavu-core"
need "Chromium, for the tests in browsers" "chromium" has_chromium
need "the fonts that the screenshots are made with" "$screenshot_fonts" has_fonts

if [ ${#missing[@]} -eq 0 ]; then
  say "Everything that the tests need is here."
elif may_install; then
  install_packages
else
  say "The tests need what this machine does not have, and it cannot be installed from here" \
    "(the names are Debian's; as root or with sudo, this script installs them by itself):" >&2
  printf '  - %s\n' "${missing[@]}" >&2
  exit 1
fi
