"""Assertions about how many there are: rollouts, evictions, spreading, and the autoscaler with its metric."""

import yaml

import documented
from built import NAME, labels_of, name_of, pod_of, title

NODES = ("gateway", "api")


def a_rollout_takes_no_node_away(built):
    for name in NODES:
        load = built.named("Deployment", name)
        strategy = load["spec"].get("strategy", {})
        if strategy.get("rollingUpdate") != {"maxUnavailable": 0, "maxSurge": "25%"}:
            yield f"{title(load)}: it is not rolled out by a quarter more and none less"


def evictions_take_one_node_at_a_time(built):
    held = {}
    for budget in built.of("PodDisruptionBudget"):
        loads = built.selected(budget["spec"]["selector"]["matchLabels"])
        if len(loads) != 1 or loads[0]["kind"] != "Deployment":
            yield f"{title(budget)}: there is no such Deployment"
        elif budget["spec"].get("maxUnavailable") != 1:
            yield f"{title(budget)}: it does not hold on to all pods but one"
        else:
            held[name_of(loads[0])] = True
    for name in NODES:
        if name not in held:
            yield f"Deployment {name}: nothing holds on to it when machines are emptied"


def nodes_are_spread_over_hosts_and_zones(built):
    for name in NODES:
        load = built.named("Deployment", name)
        spread = pod_of(load).get("topologySpreadConstraints", [])
        if {rule["topologyKey"] for rule in spread} != {"kubernetes.io/hostname", "topology.kubernetes.io/zone"}:
            yield f"{title(load)}: it is not spread over hosts and zones"
        for rule in spread:
            if rule["labelSelector"]["matchLabels"] != {NAME: labels_of(load)[NAME]} or rule["maxSkew"] != 1:
                yield f"{title(load)}: {rule['topologyKey']} does not count its own pods"


def there_is_more_than_one_of_each(built):
    for name in NODES:
        load = built.named("Deployment", name)
        scaled = [hpa for hpa in built.of("HorizontalPodAutoscaler") if hpa["spec"]["scaleTargetRef"]["name"] == name]
        least = scaled[0]["spec"]["minReplicas"] if scaled else load["spec"].get("replicas", 1)
        if least < 2:
            yield f"{title(load)}: there may be only {least}"
        if scaled and "replicas" in load["spec"]:
            yield f"{title(load)}: it says how many there are, and so does its autoscaler"


def the_autoscaler_has_its_target_and_its_metric(built):
    known = documented.metrics()
    offered = {}
    for rules in [yaml.safe_load(map["data"]["rules.yaml"]) for map in built.of("ConfigMap") if "rules.yaml" in map["data"]]:
        for rule in rules["rules"]:
            series = rule["seriesQuery"].partition("{")[0]
            offered[rule["name"]["as"]] = series
            if series not in known:
                yield f"the adapter's rule asks for {series}, which no node has"
    for hpa in built.of("HorizontalPodAutoscaler"):
        target = hpa["spec"]["scaleTargetRef"]
        if not built.named(target["kind"], target["name"]):
            yield f"{title(hpa)}: there is no {target['kind']} {target['name']}"
        metrics = hpa["spec"]["metrics"]
        asked = [metric["pods"]["metric"]["name"] for metric in metrics if metric["type"] == "Pods"]
        if asked != ["imtt_ws_connections"]:
            yield f"{title(hpa)}: it does not follow the connections, but {asked}"
        for name in asked:
            if offered.get(name) != name:
                yield f"{title(hpa)}: the adapter has no rule for {name}"
        if not any(metric["type"] == "Resource" and metric["resource"]["name"] == "cpu" for metric in metrics):
            yield f"{title(hpa)}: it does not follow the CPU"


def gateways_go_slowly(built):
    """Each that goes sends its clients to the others: its drain is over before the next one begins."""
    for hpa in built.of("HorizontalPodAutoscaler"):
        down = hpa["spec"].get("behavior", {}).get("scaleDown", {})
        if down.get("stabilizationWindowSeconds", 0) < 600:
            yield f"{title(hpa)}: it goes down within ten minutes"
        if down.get("policies") != [{"type": "Pods", "value": 1, "periodSeconds": 120}]:
            yield f"{title(hpa)}: it goes down by more than one in two minutes"


ASSERTIONS = [
    a_rollout_takes_no_node_away,
    evictions_take_one_node_at_a_time,
    nodes_are_spread_over_hosts_and_zones,
    there_is_more_than_one_of_each,
    the_autoscaler_has_its_target_and_its_metric,
    gateways_go_slowly,
]
