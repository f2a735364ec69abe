"""One line for each thing of a cluster, so that a list of two hundred fits into an answer. Pure."""

from collections.abc import Mapping
from typing import Any

from bot.adapters.kubernetes_answers import Revision, Usage
from bot.adapters.kubernetes_kinds import KubeKind
from bot.sources.kubernetes_pods import containers, number, part, rows, text

Json = Mapping[str, Any]
_COUNTS = ("replicas", "readyReplicas", "updatedReplicas", "desiredNumberScheduled", "numberReady")
#: Of a whole object, what nobody reads.
_NOISE = ("uid", "resourceVersion", "generation")


def row(kind: KubeKind, found: Json) -> dict[str, Any]:
    """An object of a list: what it is called, and how it stands."""
    about = part(found, "metadata")
    head = {
        "name": text(about, "name"),
        "namespace": text(about, "namespace"),
        "made": text(about, "creationTimestamp"),
    }
    match kind:
        case KubeKind.PODS:
            rest = _pod(found)
        case KubeKind.NODES:
            rest = _node(found)
        case KubeKind.DEPLOYMENTS | KubeKind.STATEFULSETS | KubeKind.DAEMONSETS | KubeKind.REPLICASETS:
            rest = _workload(found)
        case KubeKind.CONFIGMAPS:
            rest = {"written": part(about, "managedFields").get("at")}
        case _:
            rest = {"spec": found.get("spec"), "status": found.get("status")}
            rest["spec"] = {name: value for name, value in (rest["spec"] or {}).items() if name != "template"}
    return _filled(head | rest)


def whole(found: Json) -> dict[str, Any]:
    """A whole object, without what nobody reads."""
    about = {name: value for name, value in part(found, "metadata").items() if name not in _NOISE}
    return {**found, "metadata": about}


def event(found: Json) -> dict[str, Any]:
    """What happened, to what, how often, and when for the last time."""
    about = part(found, "involvedObject")
    last = text(found, "series", "lastObservedTime") or text(found, "lastTimestamp") or text(found, "eventTime")
    said = {
        "last": last or text(found, "metadata", "creationTimestamp"),
        "first": text(found, "firstTimestamp"),
        "type": text(found, "type"),
        "reason": text(found, "reason"),
        "about": f"{text(about, 'kind')} {text(about, 'name')}",
        "namespace": text(about, "namespace"),
        "message": text(found, "message"),
        "times": max(1, number(found, "count"), number(found, "series", "count")),
    }
    return _filled(said) | {"last": said["last"]}


def usage(found: Usage) -> dict[str, Any]:
    """Cores, and memory in MiB."""
    said = {"name": found.name, "namespace": found.namespace}
    return _filled(said) | {"cpu_cores": round(found.cpu, 3), "memory_mib": round(found.memory / 2**20)}


def revision(found: Revision) -> dict[str, Any]:
    """When it was made, with which images, and why, if somebody said so."""
    return _filled(
        {
            "revision": found.number,
            "made": f"{found.at:%Y-%m-%dT%H:%M:%SZ}" if found.at else "",
            "images": dict(found.images),
            "reason_given": found.why,
            "restart_asked_at": found.restarted,
            "rolled_back_to": found.again,
        }
    )


def _pod(found: Json) -> dict[str, Any]:
    inside = containers(found)
    ready = sum(each.get("ready") is True for each in inside)
    return {
        "node": text(found, "spec", "nodeName"),
        "phase": text(found, "status", "phase"),
        "reason": text(found, "status", "reason"),
        "ready": f"{ready} of {len(inside)}",
        "restarts": sum(number(each, "restartCount") for each in inside),
        "waiting": [why for each in inside if (why := text(each, "state", "waiting", "reason"))],
        "last_ended": [
            f"{text(ended, 'reason')}, exit {number(ended, 'exitCode')}, {text(ended, 'finishedAt')}"
            for each in inside
            if (ended := part(each, "lastState", "terminated"))
        ],
        "not_true": _conditions(found, "False"),
        "ends": text(found, "metadata", "deletionTimestamp"),
    }


def _node(found: Json) -> dict[str, Any]:
    ready = next((each for each in rows(found, "status", "conditions") if each.get("type") == "Ready"), {})
    trouble = [each for each in _conditions(found, "True") if not each.startswith("Ready")]
    return {
        "ready": text(ready, "status"),
        "since": text(ready, "lastTransitionTime"),
        "trouble": trouble,
        "cordoned": part(found, "spec").get("unschedulable"),
        "taints": [f"{text(each, 'key')}:{text(each, 'effect')}" for each in rows(found, "spec", "taints")],
        "allocatable": part(found, "status").get("allocatable"),
        "kubelet": text(found, "status", "nodeInfo", "kubeletVersion"),
    }


def _workload(found: Json) -> dict[str, Any]:
    images = [text(each, "image") for each in rows(found, "spec", "template", "spec", "containers")]
    wanted = part(found, "spec").get("replicas")
    counted = {name: part(found, "status").get(name) for name in _COUNTS}
    return {"wanted": wanted, **counted, "images": images, "not_true": _conditions(found, "False")}


def _conditions(found: Json, status: str) -> list[str]:
    """Those that stand so, each with why and since when."""
    return [
        ", ".join(filter(None, (text(each, "type"), text(each, "reason"), text(each, "lastTransitionTime"))))
        for each in rows(found, "status", "conditions")
        if each.get("status") == status
    ]


def _filled(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value not in (None, "", [], {}, False)}
