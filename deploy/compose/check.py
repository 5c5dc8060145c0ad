#!/usr/bin/env python3
"""What can be known of the Dockerfile and of the compose file without an engine: what they copy is there, they agree with each
other, with k8s/ and with .env.example, and the nodes accept what they would be told.

    check.py --binaries FOLDER --haproxy PROGRAM      FOLDER: of the programs gateway and api
"""

import argparse
import fnmatch
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml
from compose_spec import PyCompose
from dockerfile_parse import DockerfileParser

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "k8s/check"))

import documented  # noqa: E402
import nodes  # noqa: E402
from pods import SECRET_NAME  # noqa: E402

NODES = ("gateway", "api")
COMPOSE = "deploy/compose/compose.yml"
# What the base that all images have is run as, in the words of its own makers.
NONROOT = "65532:65532"
# Texts in the place of files, for the test that breaks them.
CHANGED = {}


def read(name):
    return CHANGED.get(name) or (ROOT / name).read_text()


def dockerfile():
    with tempfile.TemporaryDirectory() as folder:
        parser = DockerfileParser(path=folder)
        parser.content = read("deploy/Dockerfile")
        return [(step["instruction"], step["value"]) for step in parser.structure if step["instruction"] != "COMMENT"]


def stages():
    """NAME: (what it is made from, its steps)."""
    found = {}
    for instruction, value in dockerfile():
        if instruction == "FROM":
            base, _, name = value.partition(" AS ")
            found[name] = (base, [])
        else:
            found[list(found)[-1]][1].append((instruction, value))
    return found


def value_of(found, stage, instruction):
    """The last of that kind, in the stage or in what it is made from."""
    while stage in found:
        base, steps = found[stage]
        for name, value in reversed(steps):
            if name == instruction:
                return value
        stage = base
    return None


def git_files():
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True)
    return listed.stdout.split("\n")[:-1]


def is_sent(path):
    """Whether .dockerignore lets a file through; the last line that meets it decides."""
    sent = True
    for line in read(".dockerignore").splitlines():
        if not line or line.startswith("#"):
            continue
        pattern = line.removeprefix("!")
        parts = Path(path).parts
        above = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
        if any(fnmatch.fnmatchcase(part, pattern) or fnmatch.fnmatchcase("/" + part, pattern.replace("**", "*")) for part in above):
            sent = line.startswith("!")
    return sent


def what_is_copied_is_there_and_is_sent():
    files = git_files()
    found = stages()
    for name, (_, steps) in found.items():
        for instruction, value in steps:
            if instruction != "COPY":
                continue
            words = [word for word in value.split() if not word.startswith("--")]
            other = re.search(r"--from=(\S+)", value)
            if other and other[1] not in found:
                yield f"{name}: there is no stage {other[1]}"
            for source in [] if other else words[:-1]:
                here = [file for file in files if file == source or file.startswith(source.rstrip("/") + "/")]
                if not any(is_sent(file) for file in here):
                    yield f"{name}: there is no {source} in what is sent"


def every_member_of_the_workspace_is_copied():
    copied = {word for _, value in stages()["build"][1] for word in value.split()}
    members = re.search(r"^members = \[(.*)\]", read("Cargo.toml"), re.MULTILINE)[1]
    for member in re.findall(r'"(.*?)"', members):
        if member not in copied:
            yield f"build: the workspace has {member}, which is not copied"


def what_is_built_is_what_images_have():
    found = stages()
    built = " ".join(value for name, value in found["build"][1] if name == "RUN")
    for name in (*NODES, "im-tt"):
        if f"-p {name} " not in built or f"target/release/{name} " not in built:
            yield f"build: {name} is not built, or not kept"
        if value_of(found, name, "ENTRYPOINT") != f'["/usr/local/bin/{name}"]':
            yield f"{name}: it starts something else"
    rust = documented_rust()
    if found["build"][0] != f"rust:{rust}-bookworm":
        yield f"build: the workspace wants Rust {rust}"
    if "--locked" not in built or "npm ci" not in str(found["client"]):
        yield "what is built is not exactly what the lock files say"


def documented_rust():
    return re.search(r'^rust-version = "(.*)"', read("Cargo.toml"), re.MULTILINE)[1]


def images_are_run_as_in_kubernetes():
    found = stages()
    for name in NODES:
        user = value_of(found, name, "USER")
        pods = list(yaml.safe_load_all(read(f"k8s/base/{name}.yml")))
        pod = next(thing for thing in pods if thing["kind"] == "Deployment")["spec"]["template"]["spec"]
        context = pod["securityContext"]
        if user != NONROOT or f"{context['runAsUser']}:{context['runAsGroup']}" != user:
            yield f"{name}: its image is run as {user}, its pods as {context['runAsUser']}:{context['runAsGroup']}"
        ports = {str(port["containerPort"]) for port in pod["containers"][0]["ports"]}
        if set(value_of(found, name, "EXPOSE").split()) != ports:
            yield f"{name}: its image has other ports than its pods, {sorted(ports)}"


def image_variables(name):
    told = {}
    for word in (value_of(stages(), name, "ENV") or "").split():
        key, _, value = word.partition("=")
        told[key] = value
    return told


def interpolated(variables):
    """The compose file as the engine would read it with these variables."""

    def value(match):
        name, operator, rest = match[1], match[2] or "", match[3] or ""
        if name not in variables and operator != ":-":
            raise SystemExit(f"compose.yml: nobody sets {name}")
        return variables.get(name, rest)

    text = re.sub(r"(?<!\$)\$\{(\w+)(?:(:[-?])([^}]*))?\}", value, read(COMPOSE))
    return yaml.safe_load(text.replace("$$", "$"))


def made_up_secrets():
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "secrets"
        subprocess.run(["bash", ROOT / "deploy/scripts/compose.sh", "secrets", file], check=True)
        if file.stat().st_mode & 0o077:
            raise SystemExit("compose.sh secrets: others may read them")
        return dict(line.split("=", 1) for line in file.read_text().splitlines())


def compose():
    return interpolated(made_up_secrets())


def services_follow_the_specification():
    try:
        PyCompose.from_yaml(yaml.safe_dump(compose(), sort_keys=False))
    except ValueError as error:
        yield f"compose.yml: {error}"


def environment_of(service, name):
    return image_variables(name) | {key: str(value) for key, value in service["environment"].items()}


def node_of(service):
    return service.get("build", {}).get("target")


def nodes_accept_what_they_are_told(binaries):
    for title, service in compose()["services"].items():
        node = node_of(service)
        if not node:
            continue
        if service["image"] != f"imtt/{node}:{documented.version()}":
            yield f"{title}: its image is {service['image']}"
        told = environment_of(service, node)
        for name in told:
            if not documented.is_for(name, node):
                yield f"{title}: .env.example has no {name} for {node}"
        yield from nodes.answer(binaries, node, told)
    told = image_variables("im-tt")
    yield from (f"im-tt: .env.example has no {name}" for name in told if not documented.is_for(name, "im-tt"))
    yield from nodes.answer(binaries, "im-tt", told)


def services_find_each_other():
    services = compose()["services"]
    internal = image_variables("api")["INTERNAL_LISTEN"].rpartition(":")[2]
    public = image_variables("api")["LISTEN"].rpartition(":")[2]
    by_kind = {kind: {name for name, service in services.items() if node_of(service) == kind} for kind in NODES}
    for name in by_kind["gateway"]:
        asked = set(services[name]["environment"]["API_URLS"].split(","))
        if asked != {f"http://{api}:{internal}" for api in by_kind["api"]}:
            yield f"{name}: the apis are {sorted(by_kind['api'])}, and it asks {sorted(asked)}"
    servers = read("deploy/compose/servers.cfg")
    for kind, backend in (("gateway", "gateways"), ("api", "apis")):
        section = servers.partition(f"backend {backend} ")[2].partition("backend ")[0]
        found = set(re.findall(r"server (\S+) (\S+) check port (\d+)", section))
        if found != {(name, f"{name}:{public}", internal) for name in by_kind[kind]}:
            yield f"HAProxy's {backend} are {sorted(found)}"
    subnet = compose()["networks"]["imtt"]["ipam"]["config"][0]["subnet"]
    for name in by_kind["gateway"] | by_kind["api"]:
        if services[name]["environment"]["TRUSTED_PROXIES"] != subnet:
            yield f"{name}: it does not believe the network that HAProxy is in"
    for name, service in services.items():
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            if source.startswith(".") and not (ROOT / "deploy/compose" / source).is_file():
                yield f"{name}: there is no {source}"
        published = service.get("ports", [])
        if published and name != "haproxy":
            yield f"{name}: it is reached from outside"


def no_secret_is_written_down():
    names = made_up_secrets()
    text = read(COMPOSE)
    for title, service in yaml.safe_load(text)["services"].items():
        for name, value in service.get("environment", {}).items():
            if SECRET_NAME.search(name) and not re.search(r"\$\{\w+:\?\}", value) and "RANDOM" not in name:
                yield f"{title}: {name} is written down"
    for name in names:
        if f"${{{name}:?}}" not in text:
            yield f"compose.yml does not ask for {name}"
    ignored = subprocess.run(["git", "check-ignore", "-q", "deploy/compose/.env"], cwd=ROOT, check=False)
    if ignored.returncode != 0:
        yield "git would take deploy/compose/.env"


def haproxy_takes_its_files(haproxy):
    files = ["deploy/haproxy/haproxy.cfg", "deploy/compose/servers.cfg"]
    command = [haproxy, "-c", *(word for file in files for word in ("-f", str(ROOT / file)))]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    if checked.returncode != 0:
        yield f"haproxy -c: {checked.stderr}"


CHECKS = [
    what_is_copied_is_there_and_is_sent,
    every_member_of_the_workspace_is_copied,
    what_is_built_is_what_images_have,
    images_are_run_as_in_kubernetes,
    services_follow_the_specification,
    services_find_each_other,
    no_secret_is_written_down,
]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binaries", required=True)
    parser.add_argument("--haproxy", required=True)
    options = parser.parse_args()
    checks = {check.__name__: check() for check in CHECKS}
    checks["nodes_accept_what_they_are_told"] = nodes_accept_what_they_are_told(options.binaries)
    checks["haproxy_takes_its_files"] = haproxy_takes_its_files(options.haproxy)
    failed = 0
    for name, problems in checks.items():
        problems = list(problems)
        failed += bool(problems)
        print(f"test containers::{name} ... {'FAILED' if problems else 'ok'}")
        for problem in problems:
            print(f"    {problem}")
    # As cargo's, so that one summary adds up all tests.
    print(f"test result: {'FAILED' if failed else 'ok'}. {len(checks) - failed} passed; {failed} failed; 0 ignored")
    raise SystemExit(failed > 0)


if __name__ == "__main__":
    main()
