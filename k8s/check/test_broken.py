#!/usr/bin/env python3
"""Breaks what was built, in one way each, and sees the assertion notice that is there for it.

    test_broken.py --kustomize PROGRAM
"""

import argparse

from built import of_overlay, pod_of
from main import ASSERTIONS


def pod(built, name="gateway", kind="Deployment"):
    return pod_of(built.named(kind, name))


def container(built, name="gateway", kind="Deployment"):
    return pod(built, name, kind)["containers"][0]


def spec(built, kind, name):
    return built.named(kind, name)["spec"]


def told(built, name):
    return built.named("ConfigMap", name)["data"]


def down(built):
    return spec(built, "HorizontalPodAutoscaler", "gateway")["behavior"]["scaleDown"]


def remove(built, kind, name):
    built.objects.remove(built.named(kind, name))


def open_up(built, policy, end, **rule):
    spec(built, "NetworkPolicy", policy).setdefault(end, []).append(rule)


def adapter(built, old, new):
    data = told(built, "prometheus-adapter-rule")
    data["rules.yaml"] = data["rules.yaml"].replace(old, new)


def alert(built):
    rule = {"alert": "Nothing", "expr": "vector(1)"}
    spec(built, "PrometheusRule", "imtt")["groups"].append({"name": "more", "rules": [rule]})


def rename(built):
    told(built, "gateway")["LISTEN_ON"] = told(built, "gateway").pop("LOG")


ANYWHERE = {"ipBlock": {"cidr": "0.0.0.0/0"}}
SECRET = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x", "namespace": "imtt"}, "stringData": {"a": "b"}}
NOTES = "nginx.ingress.kubernetes.io/"

# What is broken, how, and who has to notice.
BROKEN = [
    ("a misspelt field", lambda b: container(b).update(imagePullpolicy="Always"), "objects_have_their_schema"),
    ("a wrong type", lambda b: spec(b, "Deployment", "api").update(replicas="two"), "objects_have_their_schema"),
    ("a misspelt field of an operator's", lambda b: spec(b, "ServiceMonitor", "imtt").update(endpoint=[]), "objects_have_their_schema"),
    ("a rule that is neither alert nor record", lambda b: spec(b, "PrometheusRule", "imtt").update(groups=[{"name": "x", "rules": [{"expr": "1"}]}]), "objects_have_their_schema"),
    ("an object of nobody's", lambda b: b.named("Service", "api")["metadata"].pop("namespace"), "everything_is_in_our_namespace"),
    ("two of one name", lambda b: b.objects.append(b.named("Service", "api")), "no_two_have_one_name"),
    ("a probe at a port that is not there", lambda b: container(b)["livenessProbe"]["httpGet"].update(port=9999), "probes_meet_a_port"),
    ("no startup probe", lambda b: container(b, "api").pop("startupProbe"), "nodes_are_probed_at_their_internal_port"),
    ("a liveness that depends on others", lambda b: container(b)["livenessProbe"]["httpGet"].update(path="/readyz"), "nodes_are_probed_at_their_internal_port"),
    ("a port that nobody listens on", lambda b: container(b)["ports"][0].update(containerPort=80), "what_is_served_is_what_is_listened_on"),
    ("a longer drain", lambda b: told(b, "gateway").update(DRAIN_MS="60000"), "the_grace_period_outlasts_the_drain"),
    ("a shorter grace period", lambda b: pod(b, "api").update(terminationGracePeriodSeconds=30), "the_grace_period_outlasts_the_drain"),
    ("no preStop", lambda b: container(b, "api").pop("lifecycle"), "the_grace_period_outlasts_the_drain"),
    ("root", lambda b: pod(b)["securityContext"].update(runAsNonRoot=False), "pods_are_restricted"),
    ("no seccomp profile", lambda b: pod(b, "migrate", "Job")["securityContext"].pop("seccompProfile"), "pods_are_restricted"),
    ("more rights than it has", lambda b: container(b)["securityContext"].pop("allowPrivilegeEscalation"), "pods_are_restricted"),
    ("a capability", lambda b: container(b)["securityContext"]["capabilities"].update(add=["NET_RAW"]), "pods_are_restricted"),
    ("an image that may be written", lambda b: container(b, "api")["securityContext"].update(readOnlyRootFilesystem=False), "pods_are_restricted"),
    ("a token of the cluster's", lambda b: pod(b).pop("automountServiceAccountToken"), "pods_are_restricted"),
    ("a namespace that takes anybody", lambda b: b.named("Namespace", "imtt")["metadata"]["labels"].clear(), "pods_are_restricted"),
    ("no request of memory", lambda b: container(b)["resources"]["requests"].pop("memory"), "pods_say_what_they_need"),
    ("a Secret", lambda b: b.objects.append(SECRET), "no_secret_is_written_down"),
    ("a secret in a ConfigMap", lambda b: told(b, "api").update(JWT_SECRET="x" * 32), "no_secret_is_written_down"),
    ("a secret in a variable", lambda b: container(b)["env"][0].update(value="x" * 32, valueFrom={}), "no_secret_is_written_down"),
    ("a password in an address", lambda b: told(b, "gateway").update(API_URLS="http://me:pw@api-internal:8081"), "no_secret_is_written_down"),
    ("a variable of another's", lambda b: told(b, "gateway").update(BCRYPT_COST="12"), "every_variable_is_documented"),
    ("an unknown variable", rename, "every_variable_is_documented"),
    ("the latest image", lambda b: container(b).update(image="imtt/gateway:latest"), "images_are_of_one_known_version"),
    ("an image without a tag", lambda b: container(b).update(image="imtt/gateway"), "images_are_of_one_known_version"),
    ("an image of another version", lambda b: container(b).update(image="imtt/gateway:0.0.9"), "images_are_of_one_known_version"),
    ("a missing ConfigMap", lambda b: remove(b, "ConfigMap", "api"), "configuration_is_there"),
    ("a volume that nobody mounts", lambda b: container(b).pop("volumeMounts"), "configuration_is_there"),
    ("a selector of nobody", lambda b: spec(b, "Deployment", "api")["selector"]["matchLabels"].update({"a": "b"}), "selectors_meet_their_pods"),
    ("a Service of nobody", lambda b: spec(b, "Service", "api")["selector"].update({"a": "b"}), "services_meet_pods_and_ports"),
    ("a Service to no port", lambda b: spec(b, "Service", "api")["ports"][0].update(targetPort="https"), "services_meet_pods_and_ports"),
    ("apis behind one address", lambda b: spec(b, "Service", "api-internal").pop("clusterIP"), "gateways_find_every_api"),
    ("apis by another name", lambda b: told(b, "gateway").update(API_URLS="http://api:8081"), "gateways_find_every_api"),
    ("sockets to the apis", lambda b: remove(b, "Ingress", "gateway"), "sockets_go_to_gateways_and_the_rest_to_apis"),
    ("sockets that are cut when idle", lambda b: b.named("Ingress", "gateway")["metadata"]["annotations"].pop(NOTES + "proxy-read-timeout"), "sockets_may_be_idle_and_are_not_logged"),
    ("tokens in the log", lambda b: b.named("Ingress", "gateway")["metadata"]["annotations"].pop(NOTES + "enable-access-log"), "sockets_may_be_idle_and_are_not_logged"),
    ("no certificate", lambda b: spec(b, "Ingress", "api").pop("tls"), "a_public_overlay_has_tls"),
    ("nodes without metrics", lambda b: b.named("Service", "gateway-internal")["metadata"]["labels"].clear(), "every_node_is_asked_for_its_metrics"),
    ("a rollout that takes nodes away", lambda b: spec(b, "Deployment", "api")["strategy"]["rollingUpdate"].update(maxUnavailable=1), "a_rollout_takes_no_node_away"),
    ("no budget", lambda b: remove(b, "PodDisruptionBudget", "gateway"), "evictions_take_one_node_at_a_time"),
    ("a budget of nobody", lambda b: spec(b, "PodDisruptionBudget", "api")["selector"]["matchLabels"].update({"a": "b"}), "evictions_take_one_node_at_a_time"),
    ("all in one zone", lambda b: pod(b)["topologySpreadConstraints"].pop(), "nodes_are_spread_over_hosts_and_zones"),
    ("only one", lambda b: spec(b, "HorizontalPodAutoscaler", "gateway").update(minReplicas=1), "there_is_more_than_one_of_each"),
    ("two who say how many", lambda b: spec(b, "Deployment", "gateway").update(replicas=2), "there_is_more_than_one_of_each"),
    ("an autoscaler of nobody", lambda b: spec(b, "HorizontalPodAutoscaler", "gateway")["scaleTargetRef"].update(name="gateways"), "the_autoscaler_has_its_target_and_its_metric"),
    ("a metric without a rule", lambda b: adapter(b, "as: imtt_ws_connections", "as: connections"), "the_autoscaler_has_its_target_and_its_metric"),
    ("a rule for a metric that is not ours", lambda b: adapter(b, "'imtt_ws_connections{", "'imtt_connections{"), "the_autoscaler_has_its_target_and_its_metric"),
    ("an autoscaler that does not follow CPU", lambda b: spec(b, "HorizontalPodAutoscaler", "gateway")["metrics"].pop(), "the_autoscaler_has_its_target_and_its_metric"),
    ("down at once", lambda b: down(b).update(stabilizationWindowSeconds=0), "gateways_go_slowly"),
    ("down by many", lambda b: down(b)["policies"][0].update(value=5), "gateways_go_slowly"),
    ("no default", lambda b: remove(b, "NetworkPolicy", "default-deny"), "nothing_is_allowed_but_what_is_said"),
    ("gateways at the database", lambda b: open_up(b, "gateway", "egress", to=[ANYWHERE], ports=[{"port": 3306}]), "the_graph_is_exactly_this"),
    ("anybody at the internal port", lambda b: open_up(b, "api", "ingress", ports=[{"port": 8081}]), "the_graph_is_exactly_this"),
    ("a port more", lambda b: spec(b, "NetworkPolicy", "gateway")["ingress"][0]["ports"].append({"port": 8081}), "the_graph_is_exactly_this"),
    ("no way to Redis", lambda b: remove(b, "NetworkPolicy", "to-redis"), "the_graph_is_exactly_this"),
    ("the cloud's credentials", lambda b: spec(b, "NetworkPolicy", "to-redis")["egress"][0]["to"].append(ANYWHERE), "nobody_gets_the_clouds_credentials"),
    ("an alert that Prometheus has not", alert, "the_rules_are_those_of_prometheus"),
]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kustomize", required=True)
    whole = of_overlay(parser.parse_args().kustomize, "prod")
    by_name = {check.__name__: check for check in ASSERTIONS}
    results = {f"{what} is noticed": notices(whole, how, by_name[who]) for what, how, who in BROKEN}
    # The premise, and that no assertion is left out here.
    results["what is whole is found whole"] = not any(list(check(whole)) for check in ASSERTIONS)
    results["every assertion is seen to fail"] = {who for _, _, who in BROKEN} == set(by_name)
    for name, holds in results.items():
        print(f"test broken::{name} ... {'ok' if holds else 'FAILED'}")
    failed = list(results.values()).count(False)
    # As cargo's, so that one summary adds up all tests.
    print(f"test result: {'FAILED' if failed else 'ok'}. {len(results) - failed} passed; {failed} failed; 0 ignored")
    raise SystemExit(failed > 0)


def notices(whole, how, check):
    broken = whole.copy()
    how(broken)
    return bool(list(check(broken)))


if __name__ == "__main__":
    main()
