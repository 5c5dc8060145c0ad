"""Checkov's rules over what was built, but for those that are not for us."""

import json
import subprocess
import sys
import tempfile

import yaml

from built import title

# Everywhere.
SKIPPED = {
    "CKV_K8S_11": "no limit of CPU: who is throttled answers no pings and drains late",
    "CKV_K8S_15": "images are of one version, so the one that is there is the one that is meant",
    "CKV_K8S_35": "nodes read their configuration from the environment alone, secrets as well",
    "CKV_K8S_43": "a digest is of one registry; whoever has one names it in their overlay",
}
# Of these alone.
SKIPPED_OF = {
    "CKV_K8S_40": (
        "the files of MariaDB's and Redis' own images belong to the user 999",
        {"StatefulSet mariadb", "StatefulSet redis"},
    ),
}


def found(built):
    """What it says against it; and nothing is skipped that would not be found."""
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
        yaml.safe_dump_all(built.objects, file)
        file.flush()
        command = [sys.executable, "-m", "checkov.main", "--framework", "kubernetes", "--skip-download", "--compact"]
        ran = subprocess.run(
            [*command, "--quiet", "-o", "json", "-f", file.name], capture_output=True, text=True, check=False
        )
    try:
        result = json.loads(ran.stdout)
        failed, passed = result["results"]["failed_checks"], result["summary"]["passed"]
    except (ValueError, KeyError, TypeError):
        raise SystemExit(f"checkov did not run: {ran.stdout}{ran.stderr}") from None
    if result["summary"]["parsing_errors"] or passed < 100:
        yield f"checkov passed only {passed} checks, and could not read {result['summary']['parsing_errors']} files"
    for check in failed:
        kind, _, rest = check["resource"].partition(".")
        resource = f"{kind} {rest.rpartition('.')[2]}"
        only = SKIPPED_OF.get(check["check_id"], ("", set()))[1]
        if check["check_id"] not in SKIPPED and resource not in only:
            yield f"{resource}: {check['check_id']} {check['check_name']}"
    used = {check["check_id"] for check in failed}
    here = {title(thing) for thing in built.objects}
    expected = set(SKIPPED) | {name for name, (_, only) in SKIPPED_OF.items() if only & here}
    for name in sorted(expected - used):
        yield f"checkov's {name} is skipped, and finds nothing"
