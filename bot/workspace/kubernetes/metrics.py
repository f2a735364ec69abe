"""What nodes and pods use, as metrics-server would say it."""

from aiohttp import web

from bot.workspace.kubernetes.objects import Json, stamp
from bot.workspace.kubernetes.state import State

VERSION = "metrics.k8s.io/v1beta1"
#: Cores and bytes of a node, and of a pod, of which nobody has said anything.
_NODE, _POD = (0.8, 5.0 * 2**30), (0.02, 180.0 * 2**20)


def answer(cluster: State, plural: str, namespace: str) -> web.Response:
    """Of all nodes, or of the pods of a namespace (empty: all)."""
    if plural not in {"nodes", "pods"}:
        return web.json_response({"kind": "Status", "code": 404}, status=404)
    found = [item for (where, _), item in sorted(cluster.objects[plural].items()) if namespace in ("", where)]
    measure = _node if plural == "nodes" else _pod
    kind = "NodeMetricsList" if plural == "nodes" else "PodMetricsList"
    items = [measure(cluster, item) for item in found]
    return web.json_response({"kind": kind, "apiVersion": VERSION, "metadata": {}, "items": items})


def _node(cluster: State, found: Json) -> Json:
    return _head(cluster, found) | {"usage": _usage(cluster, found, _NODE)}


def _pod(cluster: State, found: Json) -> Json:
    used = {"name": found["spec"]["containers"][0]["name"], "usage": _usage(cluster, found, _POD)}
    return _head(cluster, found) | {"containers": [used]}


def _head(cluster: State, found: Json) -> Json:
    about = {key: found["metadata"][key] for key in ("name", "namespace") if key in found["metadata"]}
    return {"metadata": about, "timestamp": stamp(cluster.clock.now()), "window": "30s"}


def _usage(cluster: State, found: Json, little: tuple[float, float]) -> Json:
    cpu, memory = cluster.usage.get(found["metadata"]["name"], little)
    return {"cpu": f"{round(cpu * 1e9)}n", "memory": f"{round(memory / 1024)}Ki"}
