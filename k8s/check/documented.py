"""What the project says of itself elsewhere: variables, metrics, version, limits."""

import re
import tomllib

from built import ROOT

NODES = r"(?:im-tt|gateway|api)"
# Read by what the nodes are built with, and named in the text of another variable.
BY_LIBRARIES = {"SSL_CERT_FILE"}


def variables():
    """NAME: (nodes, default), out of .env.example."""
    found, nodes = {}, set()
    for line in (ROOT / ".env.example").read_text().splitlines():
        if said := re.search(rf"\(({NODES}(?:, {NODES})*)\)\s*$", line):
            nodes = set(said[1].split(", "))
        if entry := re.match(r"# ([A-Z][A-Z0-9_]*)=(.*)", line):
            found[entry[1]] = (nodes, entry[2])
    return found


def is_for(name, node):
    """Whether .env.example has it for this node."""
    if name in BY_LIBRARIES:
        return name in (ROOT / ".env.example").read_text()
    nodes, _ = variables().get(name, (set(), ""))
    return node in nodes


def default(name):
    return variables()[name][1]


def metrics():
    """Those of the table in docs/operations.md, which a test compares with the code."""
    return set(re.findall(r"^\| `(imtt_\w+)`", (ROOT / "docs/operations.md").read_text(), re.MULTILINE))


def version():
    return tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]["version"]
