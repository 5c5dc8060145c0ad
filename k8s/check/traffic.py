"""Assertions about how clients come in: Services, Ingresses, and who is asked for metrics."""

import documented
from built import pod_of, title


def services_meet_pods_and_ports(built):
    for service in built.of("Service"):
        loads = built.selected(service["spec"]["selector"])
        if len(loads) != 1:
            yield f"{title(service)}: it stands for {len(loads)} workloads"
            continue
        ports = {port["name"] for container in pod_of(loads[0])["containers"] for port in container.get("ports", [])}
        for port in service["spec"]["ports"]:
            if port["targetPort"] not in ports:
                yield f"{title(service)}: its pods have no port {port['targetPort']}"


def gateways_find_every_api(built):
    """They ask for a name that stands for the address of each api, not for one that is shared out by the cluster."""
    told = built.named("ConfigMap", "gateway")["data"]["API_URLS"]
    name, _, port = told.removeprefix("http://").partition(":")
    service = built.named("Service", name)
    if not service or service["spec"].get("clusterIP") != "None":
        yield f"API_URLS={told}: there is no headless Service {name}"
    elif {str(known["port"]) for known in service["spec"]["ports"] if known["targetPort"] == "internal"} != {port}:
        yield f"API_URLS={told}: {name} does not lead to the apis' internal port"


def sockets_go_to_gateways_and_the_rest_to_apis(built):
    ways = {}
    for ingress in built.of("Ingress"):
        for rule in ingress["spec"]["rules"]:
            for path in rule["http"]["paths"]:
                service = path["backend"]["service"]
                ways[(rule["host"], path["path"], path["pathType"])] = service["name"]
                meant = built.named("Service", service["name"])
                names = {port["name"] for port in meant["spec"]["ports"]} if meant else set()
                if service["port"].get("name") not in names:
                    yield f"{title(ingress)}: {service['name']} has no port {service['port']}"
    hosts = {host for host, _, _ in ways}
    wanted = {(host, "/api/ws", "Exact"): "gateway" for host in hosts} | {(host, "/", "Prefix"): "api" for host in hosts}
    if ways != wanted or len(hosts) != 1:
        yield f"the ways in are {ways}"


def sockets_may_be_idle_and_are_not_logged(built):
    notes = built.named("Ingress", "gateway")["metadata"].get("annotations", {})
    prefix = "nginx.ingress.kubernetes.io/"
    heartbeat = int(documented.default("HEARTBEAT_MS")) / 1000
    for name in ("proxy-read-timeout", "proxy-send-timeout"):
        if int(notes.get(prefix + name, 60)) <= 2 * heartbeat + 10:
            yield f"Ingress gateway: {name} is no longer than two pings"
    if notes.get(prefix + "enable-access-log") != "false":
        yield "Ingress gateway: its log has tokens"
    longest = int(documented.default("MAX_BODY_BYTES"))
    if built.named("Ingress", "api")["metadata"]["annotations"].get(prefix + "proxy-body-size") != f"{longest // 1024}k":
        yield "Ingress api: the longest body is not that of the apis"


def a_public_overlay_has_tls(built):
    if built.overlay != "prod":
        return
    for ingress in built.of("Ingress"):
        hosts = {rule["host"] for rule in ingress["spec"]["rules"]}
        covered = {host for tls in ingress["spec"].get("tls", []) for host in tls["hosts"]}
        if not hosts <= covered:
            yield f"{title(ingress)}: it has no certificate for {sorted(hosts - covered)}"


def every_node_is_asked_for_its_metrics(built):
    monitors = built.of("ServiceMonitor")
    if not monitors:
        return
    met = set()
    for monitor in monitors:
        wanted = monitor["spec"]["selector"]["matchLabels"]
        for service in built.of("Service"):
            if wanted.items() <= service["metadata"].get("labels", {}).items():
                ports = {port["name"] for port in service["spec"]["ports"]}
                met |= {service["metadata"]["name"] for end in monitor["spec"]["endpoints"] if end["port"] in ports}
    if met != {"gateway-internal", "api-internal"}:
        yield f"metrics are asked of {sorted(met)}"


ASSERTIONS = [
    services_meet_pods_and_ports,
    gateways_find_every_api,
    sockets_go_to_gateways_and_the_rest_to_apis,
    sockets_may_be_idle_and_are_not_logged,
    a_public_overlay_has_tls,
    every_node_is_asked_for_its_metrics,
]
