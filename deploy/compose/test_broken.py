#!/usr/bin/env python3
"""Breaks the Dockerfile and the compose file, in one way each, and sees the assertion notice that is there for it.

    test_broken.py --binaries FOLDER
"""

import argparse

import check

DOCKERFILE, COMPOSE, SERVERS = "deploy/Dockerfile", check.COMPOSE, "deploy/compose/servers.cfg"

# What is broken, where, what it says then, and who has to notice.
BROKEN = [
    ("a source that is not there", DOCKERFILE, "COPY shared shared", "COPY common shared", "what_is_copied_is_there_and_is_sent"),
    ("a source that is not sent", ".dockerignore", "!gateway\n", "", "what_is_copied_is_there_and_is_sent"),
    ("a stage that is not there", DOCKERFILE, "--from=client", "--from=web", "what_is_copied_is_there_and_is_sent"),
    ("a crate that is left out", DOCKERFILE, "COPY loadtest loadtest\n", "", "every_member_of_the_workspace_is_copied"),
    ("a program that is not built", DOCKERFILE, "-p gateway ", "", "what_is_built_is_what_images_have"),
    ("another program", DOCKERFILE, '["/usr/local/bin/api"]', '["/usr/local/bin/gateway"]', "what_is_built_is_what_images_have"),
    ("another Rust", DOCKERFILE, "rust:1.95", "rust:1.70", "what_is_built_is_what_images_have"),
    ("no lock file", DOCKERFILE, " --locked", "", "what_is_built_is_what_images_have"),
    ("another user", DOCKERFILE, "USER 65532:65532", "USER 1000:1000", "images_are_run_as_in_kubernetes"),
    ("another user in Kubernetes", "k8s/base/api.yml", "runAsUser: 65532", "runAsUser: 1000", "images_are_run_as_in_kubernetes"),
    ("another port", DOCKERFILE, "EXPOSE 8080 8081", "EXPOSE 80 8081", "images_are_run_as_in_kubernetes"),
    ("a misspelt field", COMPOSE, "read_only: true", "raed_only: true", "services_follow_the_specification"),
    ("an api that nobody asks", COMPOSE, ",http://api-2:8081", "", "services_find_each_other"),
    ("a gateway that nobody reaches", SERVERS, "    server gateway-2 gateway-2:8080 check port 8081\n", "", "services_find_each_other"),
    ("clients of one address", COMPOSE, "TRUSTED_PROXIES: 172.30.83.0/24", "TRUSTED_PROXIES: 10.0.0.1", "services_find_each_other"),
    ("a file that is not there", COMPOSE, "./servers.cfg:", "./nodes.cfg:", "services_find_each_other"),
    ("a database for everybody", COMPOSE, '    volumes: ["mariadb:', '    ports: ["3306:3306"]\n    volumes: ["mariadb:', "services_find_each_other"),
    ("a password", COMPOSE, "MARIADB_PASSWORD: ${DATABASE_PASSWORD:?}", "MARIADB_PASSWORD: geheim", "no_secret_is_written_down"),
    ("an empty secret", COMPOSE, "${JWT_SECRET:?}", "${JWT_SECRET:-}", "no_secret_is_written_down"),
    ("an unknown variable", COMPOSE, "  LOG: info", "  LOG_LEVEL: info", "nodes_accept_what_they_are_told"),
    ("a bad value", COMPOSE, "API_URLS: http://api-1:8081", "API_URLS: api-1:8081", "nodes_accept_what_they_are_told"),
    ("another version", COMPOSE, "imtt/api:0.1.0", "imtt/api:0.0.9", "nodes_accept_what_they_are_told"),
]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binaries", required=True)
    options = parser.parse_args()
    by_name = {one.__name__: one for one in check.CHECKS}
    by_name["nodes_accept_what_they_are_told"] = lambda: check.nodes_accept_what_they_are_told(options.binaries)
    results = {f"{what} is noticed": notices(file, old, new, by_name[who]) for what, file, old, new, who in BROKEN}
    results["every assertion is seen to fail"] = {who for *_, who in BROKEN} == set(by_name)
    for name, holds in results.items():
        print(f"test broken::{name} ... {'ok' if holds else 'FAILED'}")
    failed = list(results.values()).count(False)
    # As cargo's, so that one summary adds up all tests.
    print(f"test result: {'FAILED' if failed else 'ok'}. {len(results) - failed} passed; {failed} failed; 0 ignored")
    raise SystemExit(failed > 0)


def notices(file, old, new, assertion):
    text = check.read(file)
    if old not in text:
        return False
    check.CHANGED[file] = text.replace(old, new)
    try:
        return bool(list(assertion()))
    finally:
        check.CHANGED.clear()


if __name__ == "__main__":
    main()
