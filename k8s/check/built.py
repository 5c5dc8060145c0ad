"""What kustomize makes of an overlay: objects, and how they are found."""

import copy
import subprocess
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
OVERLAYS = sorted(path.name for path in (ROOT / "k8s/overlays").iterdir())
# What runs pods here.
WORKLOADS = ("Deployment", "StatefulSet", "Job")
NAME = "app.kubernetes.io/name"


class Built:
    """An overlay's objects."""

    def __init__(self, overlay, objects):
        self.overlay = overlay
        self.objects = objects

    def copy(self):
        return Built(self.overlay, copy.deepcopy(self.objects))

    def of(self, *kinds):
        return [thing for thing in self.objects if thing["kind"] in kinds]

    def named(self, kind, name):
        """The object of that name, or None. What kustomize put behind the name of a ConfigMap does not count."""
        for thing in self.of(kind):
            have = thing["metadata"]["name"]
            if have == name or (kind == "ConfigMap" and have.rpartition("-")[0] == name):
                return thing
        return None

    def workloads(self):
        return self.of(*WORKLOADS)

    def selected(self, labels):
        """The workloads whose pods have all of these labels."""
        return [load for load in self.workloads() if labels and labels.items() <= labels_of(load).items()]


def of_overlay(kustomize, overlay):
    """Builds it; kustomize's own words where that fails."""
    made = subprocess.run(
        [kustomize, "build", str(ROOT / "k8s/overlays" / overlay)], capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        raise SystemExit(f"kustomize build k8s/overlays/{overlay}: {made.stderr}")
    return Built(overlay, list(yaml.safe_load_all(made.stdout)))


def title(thing):
    return f"{thing['kind']} {thing['metadata']['name']}"


def name_of(load):
    return load["metadata"]["name"]


def pod_of(load):
    return load["spec"]["template"]["spec"]


def labels_of(load):
    return load["spec"]["template"]["metadata"].get("labels", {})


def containers(built):
    """Each container with what runs it."""
    for load in built.workloads():
        for container in pod_of(load).get("initContainers", []) + pod_of(load)["containers"]:
            yield load, container
