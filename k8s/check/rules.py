"""The PrometheusRule of components/monitoring is deploy/prometheus/*.yml in the operator's clothes.

    rules.py        writes it anew
"""

import yaml

from built import ROOT

FILE = ROOT / "k8s/components/monitoring/rules.yml"
HEAD = "# Made from deploy/prometheus by `make k8s-rules`: change it there.\n"


def groups():
    """The groups of all rule files there, file by file."""
    found = []
    for path in sorted((ROOT / "deploy/prometheus").glob("*.yml")):
        content = yaml.safe_load(path.read_text())
        # What lies beside them, such as a configuration or the rules' tests, is no rule file.
        if isinstance(content, dict) and isinstance(content.get("groups"), list):
            found += content["groups"]
    return found


def the_rules_are_those_of_prometheus(built):
    for rule in built.of("PrometheusRule"):
        if rule["spec"]["groups"] != groups():
            yield "PrometheusRule imtt is not what deploy/prometheus says: `make k8s-rules` makes it anew"


ASSERTIONS = [the_rules_are_those_of_prometheus]


def write():
    rule = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "imtt"},
        "spec": {"groups": groups()},
    }
    FILE.write_text(HEAD + yaml.safe_dump(rule, sort_keys=False, allow_unicode=True, width=120))


if __name__ == "__main__":
    write()
