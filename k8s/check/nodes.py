"""The real programs are asked what they think of the environment that they would get, with made-up secrets."""

import subprocess
from pathlib import Path

from pods import told_to

SECRETS = {
    "JWT_SECRET": "not-a-secret-but-thirty-two-bytes-long",
    "INTERNAL_SECRET": "another-one-of-at-least-thirty-two-bytes",
    "DATABASE_URL": "mysql://nobody:nothing@database.example:3306/imtt?ssl-mode=VERIFY_IDENTITY",
    "REDIS_URL": "rediss://nobody:nothing@redis.example:6379",
}


def refused(binaries, built):
    """What they do not accept, a line each."""
    for name in ("gateway", "api"):
        told = told_to(built, built.named("Deployment", name), 0)
        yield from answer(binaries, name, {key: value or SECRETS[key] for key, value in told.items()})


def answer(binaries, name, environment):
    """Nothing, or why it would not start: it gets this environment, and no variable more."""
    checked = subprocess.run(
        [Path(binaries) / name, "--check-config"], env=environment, capture_output=True, text=True, check=False
    )
    if checked.returncode != 0:
        yield f"{name} --check-config: {checked.stderr.strip()}"
