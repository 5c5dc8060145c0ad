#!/usr/bin/env bash
# Hostile bytes for the WebSocket decoder, guided by coverage: gateway/fuzz, by cargo-fuzz, which is built if it is not here.
# TIME (300 seconds) comes from the environment. What was found interesting stays in the target folder, and the next run
# goes on from there; an input that breaks something is kept in gateway/fuzz/artifacts, and the run ends with 1.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$(dirname "${BASH_SOURCE[0]}")/needs.sh"

cargo_fuzz=0.13.1

need_rust
need_compiler
need "a C++ compiler, for libFuzzer" "g++" has c++
get_needs "fuzzing"

target=$(target_folder)
export PATH="$PATH:$target/tools/bin"
cargo fuzz --version >/dev/null 2>&1 || cargo install --locked --root "$target/tools" "cargo-fuzz@$cargo_fuzz"

# Without a sanitizer it needs no nightly Rust, and no code of ours is unsafe; the asserts stay on.
found=$target/fuzz-corpus/decode
mkdir -p "$found"
exec cargo fuzz run --fuzz-dir gateway/fuzz --target-dir "$target/fuzz" --sanitizer none decode "$found" -- \
  -max_total_time="${TIME:-300}" -max_len=4096 -rss_limit_mb=1024 -print_final_stats=1
