"""Assertions about pods: how they are probed, ended, locked in, and what they are told."""

import re

import documented
from built import containers, labels_of, name_of, pod_of, title

NODES = ("gateway", "api")
# What a node may take after SIGTERM beside its drain: a gateway ends its links (5 s); an api answers what it has begun
# (10 s), stores what is queued (15 s) and ends its links (15 s).
AFTER_SIGTERM = {"gateway": 5, "api": 40}
# And what is left for a busy machine.
ROOM = 10
PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
OPENS_WITH_PASSWORD = re.compile(r"://[^/\s]*:[^/\s@]+@")
SECRET_NAME = re.compile(r"SECRET|PASSWORD|TOKEN|KEY|DATABASE_URL|REDIS_URL")


def probes_meet_a_port(built):
    for load, container in containers(built):
        ports = {port["name"] for port in container.get("ports", [])}
        ports |= {port["containerPort"] for port in container.get("ports", [])}
        for kind in PROBES:
            probe = container.get(kind, {})
            action = probe.get("httpGet") or probe.get("tcpSocket")
            if action and action["port"] not in ports:
                yield f"{title(load)}: {kind} asks at {action['port']}, which {container['name']} has not"


def nodes_are_probed_at_their_internal_port(built):
    asked = {"startupProbe": "/livez", "readinessProbe": "/readyz", "livenessProbe": "/livez"}
    for name in NODES:
        load = built.named("Deployment", name)
        for kind, path in asked.items():
            probe = pod_of(load)["containers"][0].get(kind, {}).get("httpGet")
            if probe != {"path": path, "port": "internal"}:
                yield f"{title(load)}: {kind} is not {path} of the internal port"


def what_is_served_is_what_is_listened_on(built):
    for name in NODES:
        told = told_to(built, built.named("Deployment", name), 0)
        ports = {port["name"]: port["containerPort"] for port in container_of(built, name)["ports"]}
        for variable, port in (("LISTEN", "http"), ("INTERNAL_LISTEN", "internal")):
            if told.get(variable) != f"0.0.0.0:{ports.get(port)}":
                yield f"Deployment {name}: {variable}={told.get(variable)}, and the port {port} is {ports.get(port)}"


def the_grace_period_outlasts_the_drain(built):
    for name in NODES:
        load = built.named("Deployment", name)
        before = pod_of(load)["containers"][0].get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
        drain = int(told_to(built, load, 0).get("DRAIN_MS", 0)) / 1000
        needed = before + drain + AFTER_SIGTERM[name] + ROOM
        grace = pod_of(load).get("terminationGracePeriodSeconds", 30)
        if before < 1:
            yield f"{title(load)}: it has no preStop, so it is ended before everybody knows that it goes"
        if grace < needed:
            yield f"{title(load)}: it is killed after {grace} s, and may need {needed:g} s to end"


def pods_are_restricted(built):
    """Kubernetes' own standard of that name, and nothing to write to, and no token of the cluster's."""
    for load in built.workloads():
        pod = pod_of(load)
        wanted = pod.get("securityContext", {})
        if wanted.get("runAsNonRoot") is not True or not wanted.get("runAsUser"):
            yield f"{title(load)}: it may run as root"
        if wanted.get("seccompProfile") != {"type": "RuntimeDefault"}:
            yield f"{title(load)}: it has no seccomp profile"
        if pod.get("automountServiceAccountToken") is not False:
            yield f"{title(load)}: it gets a token of the cluster's"
        if pod.get("serviceAccountName") != name_of(load) or not built.named("ServiceAccount", name_of(load)):
            yield f"{title(load)}: it has no account of its own"
        if any(pod.get(name) for name in ("hostNetwork", "hostPID", "hostIPC")):
            yield f"{title(load)}: it shares the node's namespaces"
    for load, container in containers(built):
        wanted = container.get("securityContext", {})
        if wanted.get("allowPrivilegeEscalation") is not False or wanted.get("privileged"):
            yield f"{title(load)}: {container['name']} may get more rights than it has"
        if wanted.get("capabilities") != {"drop": ["ALL"]}:
            yield f"{title(load)}: {container['name']} keeps capabilities"
        if wanted.get("readOnlyRootFilesystem") is not True:
            yield f"{title(load)}: {container['name']} may write to its image"
    space = built.named("Namespace", "imtt")
    if not space or space["metadata"].get("labels", {}).get("pod-security.kubernetes.io/enforce") != "restricted":
        yield "the namespace does not enforce restricted pods"


def pods_say_what_they_need(built):
    for load, container in containers(built):
        resources = container.get("resources", {})
        if not {"cpu", "memory"} <= resources.get("requests", {}).keys() or "memory" not in resources.get("limits", {}):
            yield f"{title(load)}: {container['name']} does not say what it needs, or has no limit of memory"


def no_secret_is_written_down(built):
    for thing in built.of("Secret"):
        yield f"{title(thing)}: secrets are referred to, and made elsewhere"
    for thing in built.of("ConfigMap"):
        for name, value in thing.get("data", {}).items():
            if SECRET_NAME.search(name) or OPENS_WITH_PASSWORD.search(value):
                yield f"{title(thing)}: {name} is a secret"
    for load, container in containers(built):
        for variable in container.get("env", []):
            secret = SECRET_NAME.search(variable["name"])
            if secret and "secretKeyRef" not in variable.get("valueFrom", {}):
                yield f"{title(load)}: {variable['name']} is no reference to a Secret"
        for text in [variable.get("value", "") for variable in container.get("env", [])] + container.get("args", []):
            if OPENS_WITH_PASSWORD.search(text):
                yield f"{title(load)}: {container['name']} is told a password in the open"


def every_variable_is_documented(built):
    for load in built.of("Deployment", "Job"):
        node = pod_of(load)["containers"][0]["image"].rpartition("/")[2].partition(":")[0]
        for name in told_to(built, load, 0):
            if not documented.is_for(name, node):
                yield f"{title(load)}: .env.example has no {name} for {node}"


def images_are_of_one_known_version(built):
    for load, container in containers(built):
        image, _, tag = container["image"].rpartition("/")[2].partition(":")
        if not tag or tag == "latest":
            yield f"{title(load)}: {container['image']} may be another one tomorrow"
        elif image in NODES and tag != documented.version():
            yield f"{title(load)}: {container['image']} is not this version, {documented.version()}"


def configuration_is_there(built):
    """What a pod refers to of ConfigMaps is made by the overlay; the authorities are the operator's."""
    for load, container in containers(built):
        wanted = [source["configMapRef"]["name"] for source in container.get("envFrom", []) if "configMapRef" in source]
        volumes = pod_of(load).get("volumes", [])
        wanted += [volume["configMap"]["name"] for volume in volumes if "configMap" in volume]
        for name in wanted:
            if name != "imtt-authorities" and not built.named("ConfigMap", name):
                yield f"{title(load)}: there is no ConfigMap {name}"
        mounted = {mount["name"] for mount in container.get("volumeMounts", [])}
        claims = {claim["metadata"]["name"] for claim in load["spec"].get("volumeClaimTemplates", [])}
        if mounted != {volume["name"] for volume in volumes} | claims:
            yield f"{title(load)}: its volumes are not those that {container['name']} mounts"


def selectors_meet_their_pods(built):
    for load in built.of("Deployment", "StatefulSet"):
        wanted = load["spec"]["selector"]["matchLabels"]
        if not wanted.items() <= labels_of(load).items():
            yield f"{title(load)}: its selector does not meet its own pods"
        if built.selected(wanted) != [load]:
            yield f"{title(load)}: its selector meets other pods as well"


def container_of(built, name):
    return pod_of(built.named("Deployment", name))["containers"][0]


def told_to(built, load, nth):
    """A container's variables; of a secret one, None."""
    container = pod_of(load)["containers"][nth]
    told = {}
    for source in container.get("envFrom", []):
        told |= (built.named("ConfigMap", source["configMapRef"]["name"]) or {}).get("data", {})
    return told | {variable["name"]: variable.get("value") for variable in container.get("env", [])}


ASSERTIONS = [
    probes_meet_a_port,
    nodes_are_probed_at_their_internal_port,
    what_is_served_is_what_is_listened_on,
    the_grace_period_outlasts_the_drain,
    pods_are_restricted,
    pods_say_what_they_need,
    no_secret_is_written_down,
    every_variable_is_documented,
    images_are_of_one_known_version,
    configuration_is_there,
    selectors_meet_their_pods,
]
