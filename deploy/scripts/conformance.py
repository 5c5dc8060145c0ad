#!/usr/bin/env python3
"""Runs Autobahn's cases against a WebSocket echo, and says how many of which group ended how.

    conformance.py HOST:PORT CASE…        CASE: an id or a pattern, such as 1.1.1 or 7.*

Exits 1 if a case ended otherwise than OK, NON-STRICT or INFORMATIONAL, unless it is one of EXEMPT and ended in the way that
is said there. A case allows a second or so for its answer, which a busy machine may not keep: one that failed is run once
more, by itself. What is really broken fails again.
"""

import asyncio
import collections
import fnmatch
import os
import sys

from kosoku import FailureError, run_fuzzingclient

AT_ONCE = 4

# What the codec does not take by design (docs/adr/0002-our-own-websocket-codec.md), and how it says so: the close code, or
# None where nothing is closed.
BINARY = (1003, "binary messages are not taken")
FRAGMENTS = (1009, "a message in more than 64 frames is not taken")
COMPRESSION = (None, "no extension is agreed on")
EXEMPT = {
    "1.2.*": BINARY,
    "9.2.*": BINARY,
    "9.3.[1-5]": FRAGMENTS,
    "9.4.*": BINARY,
    "9.6.*": BINARY,
    "9.8.*": BINARY,
    "12.*": COMPRESSION,
    "13.*": COMPRESSION,
}


def exemption(case):
    return next((how for pattern, how in EXEMPT.items() if fnmatch.fnmatchcase(case, pattern)), None)


def verdict(result):
    """How a case ended, and whether that is well."""
    exempt = exemption(result.case_id)
    if exempt is None:
        # The worse of the two: what came back, and how it was closed.
        worse = result.behavior.value if result.passed else f"FAILED ({result.behavior.value}, {result.behavior_close.value})"
        return worse, result.passed
    code, why = exempt
    kept = result.remote_close_code == code if code else result.behavior.value == "UNIMPLEMENTED"
    return (f"exempt: {why}", True) if kept else (f"FAILED (exempt, but not closed with {code})", False)


async def run(address, cases, at_once):
    try:
        return await run_fuzzingclient(f"ws://{address}/", cases, concurrency=at_once)
    except FailureError as failure:
        return failure.results


async def main(address, *cases):
    results = {result.case_id: result for result in await run(address, cases, AT_ONCE)}
    again = [case for case, result in results.items() if not verdict(result)[1]]
    if again:
        print(f"once more, by themselves: {' '.join(again)}")
        results.update({result.case_id: result for result in await run(address, again, 1)})

    counts = collections.defaultdict(collections.Counter)
    broken = []
    for case, result in results.items():
        how, well = verdict(result)
        counts[int(case.split(".")[0])][how if well else "FAILED"] += 1
        if not well:
            broken.append((result, how))
    for group, hows in sorted(counts.items()):
        print(f"group {group:>2}: " + ", ".join(f"{count} {how}" for how, count in sorted(hows.items())))
    for result, how in broken:
        print(f"\n{result.case_id}: {how}; close code {result.remote_close_code}\n  {result.description}\n"
              f"  expected: {result.expectation}\n  {result.result} {result.result_close}")
    print(f"{len(results)} cases, {len(broken)} failed")
    return 1 if broken or not results else 0


if len(sys.argv) < 3:
    sys.exit(__doc__)
code = asyncio.run(main(*sys.argv[1:]))
# Threads of the runner's may still be about when the interpreter is taken down, and now and then that aborts it: the verdict
# is there, and nothing else is to be ended in order.
sys.stdout.flush()
os._exit(code)
