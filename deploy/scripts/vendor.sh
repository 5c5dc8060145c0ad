#!/usr/bin/env bash
# What the web client uses of other people's packages, into frontend/src/vendor, where npm can be had. Without it the
# client runs all the same, shows text as it was written, and says where it is missed what is missing.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

if ! command -v npm >/dev/null; then
  say "There is no npm: the web client will show text without formatting, has no emoji to pick from, and finds no names by pinyin."
  exit 0
fi
make --no-print-directory frontend/src/vendor/marked.js ||
  say "The web client's packages could not be fetched: it runs without formatting, emoji to pick from, and pinyin."
