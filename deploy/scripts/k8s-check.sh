#!/usr/bin/env bash
# Builds k8s/ and looks whether it is what it is meant to be (k8s/check), after it has seen each of its assertions fail; and
# the same for the Dockerfile and the compose file (deploy/compose).
# `k8s-check.sh FOLDER` asks the nodes built there about their configuration, as `make test` does; without it they are
# built. `k8s-check.sh rules` writes k8s/components/monitoring/rules.yml anew from deploy/prometheus.
# What it works with is made once: kustomize from its source, by Go; the rest are the packages of k8s-check.txt.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$(dirname "${BASH_SOURCE[0]}")/needs.sh"

# The newest that Debian 12's Go builds.
kustomize_version=v5.0.3

trap 'end_started' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

binaries=${1:-}
target=$(target_folder)
if [ -z "$binaries" ] || [ "$binaries" = rules ]; then
  need_rust
  need_compiler
  need_cluster
  need_pip
  need_go
  get_needs "the check of k8s/"
fi

tools=$target/k8s-check
if ! cmp -s deploy/scripts/k8s-check.txt "$tools/pinned.txt"; then
  rm -rf "$tools"
  attended python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --no-deps --only-binary :all: \
    --require-hashes --target "$tools" -r deploy/scripts/k8s-check.txt
  cp deploy/scripts/k8s-check.txt "$tools/pinned.txt"
fi
export PYTHONPATH=$tools

if [ "$binaries" = rules ]; then
  exec python3 -B k8s/check/rules.py
fi
kustomize=$tools/kustomize-$kustomize_version/kustomize
if [ ! -x "$kustomize" ]; then
  GOBIN=$(dirname "$kustomize") GOTOOLCHAIN=local GOFLAGS='' attended go install "sigs.k8s.io/kustomize/kustomize/v5@$kustomize_version"
fi
if [ -z "$binaries" ]; then
  attended cargo build --workspace --locked --bins
  binaries=$target/debug
fi

attended python3 -B k8s/check/test_broken.py --kustomize "$kustomize"
attended python3 -B k8s/check/main.py --kustomize "$kustomize" --binaries "$binaries"
# The images and the compose file have to fit to it.
attended python3 -B deploy/compose/test_broken.py --binaries "$binaries"
attended python3 -B deploy/compose/check.py --binaries "$binaries" --haproxy "$(has haproxy)"
