"""Each object against its schema: Kubernetes' own, strictly; for what the Prometheus operator adds, those beside this."""

import json

import jsonschema
import kubernetes_validate

from built import ROOT, title

# The oldest that has all that we use (preStop's sleep), and the newest that the package knows.
VERSIONS = ("1.30", "1.37")
OPERATORS = ("ServiceMonitor", "PrometheusRule")


def objects_have_their_schema(built):
    for thing in built.objects:
        if thing["kind"] in OPERATORS:
            schema = json.loads((ROOT / "k8s/schemas" / f"{thing['kind']}.json").read_text())
            for error in jsonschema.Draft202012Validator(schema).iter_errors(thing):
                yield f"{title(thing)}: {error.json_path}: {error.message}"
            continue
        for version in VERSIONS:
            try:
                kubernetes_validate.validate(thing, version, strict=True)
            except kubernetes_validate.ValidationError as error:
                yield f"{title(thing)}, Kubernetes {version}: {'.'.join(map(str, error.path))}: {error.message}"


def everything_is_in_our_namespace(built):
    for thing in built.objects:
        if thing["kind"] != "Namespace" and thing["metadata"].get("namespace") != "imtt":
            yield f"{title(thing)}: it is in no namespace of ours"


def no_two_have_one_name(built):
    seen = set()
    for thing in built.objects:
        if title(thing) in seen:
            yield f"{title(thing)}: there are two"
        seen.add(title(thing))


ASSERTIONS = [objects_have_their_schema, everything_is_in_our_namespace, no_two_have_one_name]
