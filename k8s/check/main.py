#!/usr/bin/env python3
"""Builds every overlay and looks whether it is what it is meant to be. Nothing is asked of a cluster.

    main.py --kustomize PROGRAM --binaries FOLDER      FOLDER: of the programs gateway and api

Each assertion is a function that yields what is wrong, a line each. Exits 1 if there was any.
"""

import argparse

import network
import nodes
import pods
import rules
import scaling
import scanner
import schemas
import traffic
from built import OVERLAYS, of_overlay

ASSERTIONS = [
    *schemas.ASSERTIONS,
    *pods.ASSERTIONS,
    *traffic.ASSERTIONS,
    *scaling.ASSERTIONS,
    *network.ASSERTIONS,
    *rules.ASSERTIONS,
]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kustomize", required=True)
    parser.add_argument("--binaries", required=True)
    options = parser.parse_args()
    passed, failed = 0, 0
    for overlay in OVERLAYS:
        built = of_overlay(options.kustomize, overlay)
        print(f"{overlay}: {len(built.objects)} objects")
        checks = [(check.__name__, check(built)) for check in ASSERTIONS]
        checks.append(("the_programs_accept_their_environment", nodes.refused(options.binaries, built)))
        checks.append(("checkov_finds_nothing", scanner.found(built)))
        for name, problems in checks:
            problems = list(problems)
            print(f"test {overlay}::{name} ... {'FAILED' if problems else 'ok'}")
            for problem in problems:
                print(f"    {problem}")
            passed, failed = passed + (not problems), failed + bool(problems)
    # As cargo's, so that one summary adds up all tests.
    print(f"test result: {'FAILED' if failed else 'ok'}. {passed} passed; {failed} failed; 0 ignored")
    raise SystemExit(failed > 0)


if __name__ == "__main__":
    main()
