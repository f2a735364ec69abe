"""How things break in a cluster, and how they are mended: what pods, nodes and events then say."""

from collections.abc import Callable
from typing import Literal

from bot.workspace.kubernetes.objects import READY, Json, condition, set_condition, stamp
from bot.workspace.kubernetes.state import State, Workload

How = Literal[
    "crash_loop",
    "oom",
    "image_pull",
    "evicted",
    "pending",
    "not_ready",
    "node_down",
    "memory_pressure",
    "disk_pressure",
]
_PRESSURES = {"memory_pressure": ("MemoryPressure", "Memory"), "disk_pressure": ("DiskPressure", "Disk")}
_MEMORY = "The node was low on resource: memory. Threshold quantity: 100Mi, available: 72Mi."


def break_(cluster: State, name: str, how: How) -> None:
    """Break a workload, or (`node_down`, the pressures) a node; a workload's name stands for its first node there."""
    if how == "node_down" or how in _PRESSURES:
        workload = cluster.workloads.get(name)
        node = workload.nodes[0] if workload else name
        if how == "node_down":
            _node_down(cluster, node)
        else:
            _pressure(cluster, node, how)
        return
    workload = cluster.workloads[name]
    workload.how = how
    _WAYS[how](cluster, workload)
    cluster.settle(workload)


def heal(cluster: State, name: str) -> None:
    """Mend a workload and the nodes that it is on, or a node and all that is on it. What broke stays in the events."""
    workload = cluster.workloads.get(name)
    for node in workload.nodes if workload else (name,):
        _node_well(cluster, node)
    for each in [workload] if workload else list(cluster.workloads.values()):
        if workload or (name in each.nodes and each.how):
            for gone in [pod for pod in cluster.objects["pods"].values() if _belongs(pod, each)]:
                cluster.remove(gone)
            each.how = ""
            cluster.replace(each)


def _belongs(pod: Json, workload: Workload) -> bool:
    labels = pod["metadata"]["labels"]
    mine = labels.get("app.kubernetes.io/name") == workload.name
    return bool(mine and pod["metadata"]["namespace"] == workload.namespace)


def _crash_loop(cluster: State, workload: Workload, reason: str = "Error", code: int = 1) -> None:
    now = stamp(cluster.clock.now())
    for pod in workload.pods:
        name = pod["metadata"]["name"]
        status = pod["status"]["containerStatuses"][0]
        backoff = f"back-off 5m0s restarting failed container={workload.name} pod={name}_{workload.namespace}"
        status |= {
            "ready": False,
            "restartCount": status["restartCount"] + 5,
            "state": {"waiting": {"reason": "CrashLoopBackOff", "message": backoff}},
            "lastState": {"terminated": {"exitCode": code, "reason": reason, "startedAt": now, "finishedAt": now}},
        }
        _unready(cluster, pod, "ContainersNotReady")
        message = f"Back-off restarting failed container {workload.name} in pod {name}_{workload.namespace}"
        cluster.event(pod, "BackOff", message, times=5)


def _oom(cluster: State, workload: Workload) -> None:
    _crash_loop(cluster, workload, "OOMKilled", 137)


def _image_pull(cluster: State, workload: Workload) -> None:
    image = workload.image
    for pod in workload.pods:
        waiting = {"reason": "ImagePullBackOff", "message": f'Back-off pulling image "{image}"'}
        pod["status"]["containerStatuses"][0] |= {"ready": False, "state": {"waiting": waiting}}
        pod["status"]["phase"] = "Pending"
        _unready(cluster, pod, "ContainersNotReady")
        cluster.event(pod, "Failed", f'Failed to pull image "{image}": not found')


def _evicted(cluster: State, workload: Workload) -> None:
    """The pods end, and those that are to replace them find no room: the node is short of memory."""
    for node in workload.nodes:
        _pressure(cluster, node, "memory_pressure")
    gone, workload.pods = workload.pods, []
    for pod in gone:
        pod["status"] |= {"phase": "Failed", "reason": "Evicted", "message": _MEMORY, "containerStatuses": []}
        _unready(cluster, pod, "PodFailed")
        cluster.event(pod, "Evicted", _MEMORY)
    workload.pods = [cluster.start_pod(workload, number) for number in range(workload.replicas)]
    _pending(cluster, workload)


def _pending(cluster: State, workload: Workload) -> None:
    number = len(cluster.objects["nodes"])
    message = f"0/{number} nodes are available: {number} Insufficient memory."
    for pod in workload.pods:
        pod["spec"].pop("nodeName", None)
        now = cluster.clock.now()
        pod["status"] = {
            "phase": "Pending",
            "conditions": [condition("PodScheduled", "False", now, "Unschedulable", message)],
        }
        cluster.put(pod)
        cluster.event(pod, "FailedScheduling", message, times=3)


def _not_ready(cluster: State, workload: Workload) -> None:
    for pod in workload.pods:
        pod["status"]["containerStatuses"][0]["ready"] = False
        _unready(cluster, pod, "ContainersNotReady")
        cluster.event(pod, "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503", times=12)


def _node_down(cluster: State, name: str) -> None:
    """Nobody hears of the node, and what runs there counts as not ready."""
    node, now = cluster.get("Node", name), cluster.clock.now()
    for kind in ("MemoryPressure", "DiskPressure", "PIDPressure", "Ready"):
        silent = "Kubelet stopped posting node status."
        set_condition(node, kind, "Unknown", now, "NodeStatusUnknown", silent)
    cluster.put(node)
    cluster.event(node, "NodeNotReady", f"Node {name} status is now: NodeNotReady")
    for workload in cluster.workloads.values():
        for pod in (each for each in workload.pods if each["spec"].get("nodeName") == name):
            _unready(cluster, pod, "NodeNotReady")
            workload.how = workload.how or "node_down"
        cluster.settle(workload)


def _pressure(cluster: State, name: str, how: str) -> None:
    node, (kind, what) = cluster.get("Node", name), _PRESSURES[how]
    set_condition(node, kind, "True", cluster.clock.now(), f"KubeletHas{what}Pressure")
    node["spec"]["taints"] = [{"key": f"node.kubernetes.io/{what.lower()}-pressure", "effect": "NoSchedule"}]
    cluster.put(node)
    cluster.event(node, f"NodeHas{what}Pressure", f"Node {name} status is now: NodeHas{what}Pressure")


def _node_well(cluster: State, name: str) -> None:
    node, now = cluster.get("Node", name), cluster.clock.now()
    for kind in ("MemoryPressure", "DiskPressure", "PIDPressure"):
        set_condition(node, kind, "False", now, f"KubeletHasNo{kind}")
    set_condition(node, "Ready", "True", now, "KubeletReady")
    node["spec"].pop("taints", None)
    cluster.put(node)


def _unready(cluster: State, pod: Json, reason: str) -> None:
    for kind in READY:
        set_condition(pod, kind, "False", cluster.clock.now(), reason)
    cluster.put(pod)


_WAYS: dict[str, Callable[[State, Workload], None]] = {
    "crash_loop": _crash_loop,
    "oom": _oom,
    "image_pull": _image_pull,
    "evicted": _evicted,
    "pending": _pending,
    "not_ready": _not_ready,
}
