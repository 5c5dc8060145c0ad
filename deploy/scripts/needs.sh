# shellcheck shell=bash
# Finding out what is missing on this machine and getting it: on Debian and Ubuntu by apt, as root or through sudo.
# Sourced, after lib.sh.

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

need_compiler() { need "a C compiler, for SQLite" "gcc libc6-dev" has cc; }
need_pip() { need "pip, to get what tests are made of" "python3 python3-pip" python3 -m pip --version; }
need_go() { need "Go, to build kustomize" "golang-go" has go; }
need_sqlite() { need "SQLite's own program, to back the all-in-one up" "sqlite3" has sqlite3; }
need_cluster() {
  need "a MariaDB" "mariadb-server" has_mariadb
  need "a Redis" "redis-server" has redis-server
  need "an HAProxy, before a cluster" "haproxy" has haproxy
}

has_watching() { has prometheus && has promtool && has prometheus-mysqld-exporter && has prometheus-redis-exporter && has prometheus-node-exporter; }
need_watching() {
  need "Prometheus and the exporters that it asks" \
    "prometheus prometheus-mysqld-exporter prometheus-redis-exporter prometheus-node-exporter" has_watching
}

# What the desktop app is built with, and what a desk of its tests is made of.
has_webview() { pkg-config --exists webkit2gtk-4.1 gtk+-3.0 ayatana-appindicator3-0.1 dbus-1; }
need_desktop_build() {
  need "WebKitGTK and what belongs to it, to build the desktop app" \
    "build-essential pkg-config file libwebkit2gtk-4.1-dev libgtk-3-dev librsvg2-dev libayatana-appindicator3-dev libdbus-1-dev libxdo-dev libssl-dev patchelf" \
    has_webview
}
has_desk() { has Xvfb && has openbox && has dunst && has dbus-daemon && has xdotool && has gnome-keyring-daemon && has import && has xprop; }
need_desk() {
  need "a driver for WebKitGTK, to test the desktop app" "webkit2gtk-driver" has WebKitWebDriver
  need "a screen, a session bus, notifications and a keyring, to test the desktop app" \
    "xvfb xauth openbox dunst dbus dbus-x11 xdotool gnome-keyring imagemagick x11-utils" has_desk
}

# prepare_cluster FOR-WHAT: all that a cluster is built and run with.
prepare_cluster() {
  need_rust
  need_compiler
  need_cluster
  get_needs "$1"
}

need_rust() {
  local wanted
  wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
  has cargo >/dev/null || fail "Rust is missing: install $wanted or newer with rustup (https://rustup.rs)."
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
  say "Installing: ${packages[*]}"
  trap allow_services EXIT
  trap 'exit 143' INT TERM
  forbid_services
  as_root apt-get update -q
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${packages[@]}"
  allow_services
  trap - EXIT INT TERM
}

# get_needs FOR-WHAT: installs what was found missing, or says it and exits 1.
get_needs() {
  if [ ${#missing[@]} -eq 0 ]; then
    say "All that is needed for $1 is here."
  elif may_install; then
    install_packages
  else
    say "Not all that is needed for $1 is on this machine, and it cannot be installed from here" \
      "(the names are Debian's; as root or with sudo, this script installs them by itself):" >&2
    printf '  - %s\n' "${missing[@]}" >&2
    exit 1
  fi
}
