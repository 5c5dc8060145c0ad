"""Assertions about who may speak with whom: exactly the graph that is written here, on both ends of each edge."""

from ipaddress import ip_address, ip_network

from built import NAME, labels_of, name_of, title

# The cloud's own address, which gives whoever asks the machine's credentials.
METADATA = ip_address("169.254.169.254")

CONTROLLER = "ingress-nginx/ingress-nginx"
PROMETHEUS = "monitoring/prometheus"
DNS = "kube-system/kube-dns"
INTO = {
    (CONTROLLER, "gateway", 8080),
    (CONTROLLER, "api", 8080),
    ("gateway", "api", 8081),
    (PROMETHEUS, "gateway", 8081),
    (PROMETHEUS, "api", 8081),
}
OUT = {("gateway", "api", 8081)} | {(name, DNS, 53) for name in ("gateway", "api", "migrate")}


def stores(database, redis):
    edges = {(name, database, 3306) for name in ("api", "migrate")}
    return edges | {(name, redis, 6379) for name in ("gateway", "api")}


# What each overlay allows: into pods, and out of them.
GRAPH = {
    "dev": (INTO | stores("mariadb", "redis"), OUT | stores("mariadb", "redis")),
    "prod": (INTO, OUT | stores("to-database", "to-redis")),
}


def nothing_is_allowed_but_what_is_said(built):
    for policy in built.of("NetworkPolicy"):
        spec = policy["spec"]
        if spec["podSelector"] == {} and set(spec["policyTypes"]) == {"Ingress", "Egress"}:
            if not spec.get("ingress") and not spec.get("egress"):
                return
    yield "no policy forbids what none allows"


def the_graph_is_exactly_this(built):
    for end, key, wanted in zip(("into", "out of"), ("ingress", "egress"), GRAPH[built.overlay]):
        found = set(edges(built, key))
        for edge in sorted(found ^ wanted, key=str):
            yield f"{'%s -> %s, port %s' % edge} is {'not to be' if edge in found else 'to be'} allowed {end} its pod"


def nobody_gets_the_clouds_credentials(built):
    for policy in built.of("NetworkPolicy"):
        for rule in policy["spec"].get("egress", []):
            for peer in rule.get("to", [{"ipBlock": {"cidr": "0.0.0.0/0"}}]):
                block = peer.get("ipBlock")
                if block and contains(block["cidr"]) and not any(contains(cidr) for cidr in block.get("except", [])):
                    yield f"{title(policy)}: it lets pods get to {METADATA}"


def contains(cidr):
    return METADATA in ip_network(cidr)


def edges(built, key):
    """(from, to, port) of all that the policies allow on this end."""
    for policy in built.of("NetworkPolicy"):
        inside = pods(built, policy["spec"]["podSelector"])
        for rule in policy["spec"].get(key, []):
            peers = rule.get("from" if key == "ingress" else "to", [{}])
            ports = [port["port"] for port in rule.get("ports", [{"port": "any"}])]
            outside = [name for peer in peers for name in peer_names(built, policy, peer)]
            for here in inside:
                for there in outside:
                    for port in ports:
                        yield (there, here, port) if key == "ingress" else (here, there, port)


def pods(built, selector):
    return [name_of(load) for load in built.workloads() if meets(labels_of(load), selector)]


def meets(labels, selector):
    for rule in selector.get("matchExpressions", []):
        if rule["operator"] != "In":
            raise SystemExit(f"k8s/check does not understand {rule}")
        if labels.get(rule["key"]) not in rule["values"]:
            return False
    return selector.get("matchLabels", {}).items() <= labels.items()


def peer_names(built, policy, peer):
    """Pods of ours by their names, those of other namespaces with theirs, and addresses by the policy that has them."""
    if "ipBlock" in peer:
        return [policy["metadata"]["name"]]
    if "namespaceSelector" in peer:
        space = peer["namespaceSelector"].get("matchLabels", {}).get("kubernetes.io/metadata.name", "anywhere")
        labels = peer.get("podSelector", {}).get("matchLabels", {})
        return [f"{space}/{labels.get(NAME) or labels.get('k8s-app') or 'anybody'}"]
    return pods(built, peer["podSelector"]) if "podSelector" in peer else ["anybody"]


ASSERTIONS = [nothing_is_allowed_but_what_is_said, the_graph_is_exactly_this, nobody_gets_the_clouds_credentials]
