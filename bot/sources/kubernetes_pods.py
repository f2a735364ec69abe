"""A pod as people ask about it: whose it is, where it runs, whether it is well, and if not, why and since when."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.adapters.kubernetes_answers import when

Json = Mapping[str, Any]
#: Why a pod is not well, the most telling first; a reason that is not listed comes before those after the gap.
_TELLING = (
    "OOMKilled",
    "Evicted",
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "CreateContainerConfigError",
    "CreateContainerError",
    "CrashLoopBackOff",
    "NodeLost",
    "NodeNotReady",
)
_LEAST = ("Unschedulable", "NotReady", "Starting")
#: Until then a pod that starts is only starting.
_STARTING = timedelta(minutes=5)
_STARTS = frozenset({"ContainerCreating", "PodInitializing"})
_JOB = re.compile(r"(.+)-[0-9]{8,11}")
#: How a pod is called by whoever made it: by a Deployment, a StatefulSet, or anything else.
_NAMES = (
    ("deployment", re.compile(r"(.+)-[bcdfghjklmnpqrstvwxz2456789]{6,10}-[bcdfghjklmnpqrstvwxz2456789]{5}")),
    ("statefulset", re.compile(r"(.+)-[0-9]{1,4}")),
    ("daemonset", re.compile(r"(.+)-[bcdfghjklmnpqrstvwxz2456789]{5}")),
)


@dataclass(frozen=True)
class Pod:
    """`subject` is that of the workload it belongs to. `reason` is empty where it is well; `since` is for how long."""

    name: str
    namespace: str
    subject: str
    node: str
    ready: bool
    over: bool
    reason: str
    said: str
    since: datetime | None
    raw: Json

    @property
    def counts(self) -> bool:
        """Whether it is one of those that are to run now; one that ended or was evicted is replaced by another."""
        return not self.over and not text(self.raw, "metadata", "deletionTimestamp")


def read(raw: Json, now: datetime) -> Pod:
    """A pod from the cluster's answer."""
    ready = _condition(raw, "Ready")
    over = text(raw, "status", "phase") in {"Succeeded", "Failed"}
    well = text(ready, "status") == "True" or text(raw, "status", "phase") == "Succeeded"
    since = when(ready.get("lastTransitionTime")) or when(_condition(raw, "PodScheduled").get("lastTransitionTime"))
    since = since or when(part(raw, "status").get("startTime")) or when(part(raw, "metadata").get("creationTimestamp"))
    reason, said = ("", "") if well else _why(raw, now, since)
    return Pod(
        name=text(raw, "metadata", "name"),
        namespace=text(raw, "metadata", "namespace"),
        subject=_subject(raw),
        node=text(raw, "spec", "nodeName"),
        ready=well,
        over=over,
        reason=reason,
        said=said,
        since=since,
        raw=raw,
    )


def telling(reasons: Iterable[str]) -> str:
    """The one that says most."""

    def place(reason: str) -> tuple[int, str]:
        order = (*_TELLING, reason, *_LEAST) if reason not in _LEAST else (*_TELLING, "", *_LEAST)
        return order.index(reason), reason

    return min((each for each in reasons if each), key=place, default="")


def part(found: Json, *path: str) -> Json:
    """An object inside; empty where there is none."""
    for name in path:
        inner = found.get(name)
        found = inner if isinstance(inner, Mapping) else {}
    return found


def rows(found: Json, *path: str) -> list[Json]:
    """A list of objects inside; empty where there is none."""
    inner = part(found, *path[:-1]).get(path[-1])
    return [each for each in inner if isinstance(each, Mapping)] if isinstance(inner, list) else []


def text(found: Json, *path: str) -> str:
    """A word inside; empty where there is none."""
    value = part(found, *path[:-1]).get(path[-1])
    return value if isinstance(value, str) else ""


def number(found: Json, *path: str) -> int:
    """A whole number inside; 0 where there is none."""
    value = part(found, *path[:-1]).get(path[-1])
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def containers(pod: Json) -> list[Json]:
    """How all its containers are, those that only begin it first."""
    return [*rows(pod, "status", "initContainerStatuses"), *rows(pod, "status", "containerStatuses")]


def guessed(pod: str) -> str:
    """The workload of a pod that is gone, by its name alone."""
    for kind, pattern in _NAMES:
        if match := pattern.fullmatch(pod):
            return f"{kind}/{match[1]}"
    return f"pod/{pod}"


def _condition(raw: Json, kind: str) -> Json:
    return next((each for each in rows(raw, "status", "conditions") if each.get("type") == kind), {})


def _subject(raw: Json) -> str:
    owner = next(iter(rows(raw, "metadata", "ownerReferences")), {})
    kind, name = text(owner, "kind"), text(owner, "name")
    if kind == "ReplicaSet":
        made = text(raw, "metadata", "labels", "pod-template-hash")
        return f"deployment/{name.removesuffix(f'-{made}') if made else name.rpartition('-')[0] or name}"
    if kind == "Job":
        planned = _JOB.fullmatch(name)
        return f"cronjob/{planned[1]}" if planned else f"job/{name}"
    if kind in {"", "Node"}:  # nobody made it, or a node did by itself
        return f"pod/{text(raw, 'metadata', 'name')}"
    return f"{kind.lower()}/{name}"


def _why(raw: Json, now: datetime, since: datetime | None) -> tuple[str, str]:
    """The reason, in Kubernetes' own word, and what it says about it."""
    if text(raw, "status", "phase") == "Failed":
        return text(raw, "status", "reason") or "Failed", text(raw, "status", "message")
    found = [why for each in containers(raw) if (why := _stopped(each))]
    scheduled, ready = _condition(raw, "PodScheduled"), _condition(raw, "Ready")
    if scheduled.get("status") == "False":
        found.append((text(scheduled, "reason") or "Unschedulable", text(scheduled, "message")))
    if text(ready, "reason") in _TELLING:
        found.append((text(ready, "reason"), text(ready, "message")))
    if found:
        reason = telling(each for each, _ in found)
        return reason, next(said for each, said in found if each == reason)
    young = since is not None and now - since < _STARTING
    return ("Starting" if young and _begins(raw) else "NotReady"), text(ready, "message")


def _stopped(container: Json) -> tuple[str, str] | None:
    """Why a container does not run; None where it does, or only begins."""
    waiting, ended = part(container, "state", "waiting"), part(container, "state", "terminated")
    before = part(container, "lastState", "terminated")
    reason, said = text(waiting, "reason"), text(waiting, "message")
    if not reason and ended and number(ended, "exitCode"):
        reason, said = text(ended, "reason") or "Error", text(ended, "message")
    if not reason or reason in _STARTS:
        return None
    if reason == "CrashLoopBackOff" and text(before, "reason") == "OOMKilled":
        return "OOMKilled", said
    return reason, said


def _begins(raw: Json) -> bool:
    return any(text(each, "state", "waiting", "reason") in _STARTS for each in containers(raw)) or not containers(raw)
