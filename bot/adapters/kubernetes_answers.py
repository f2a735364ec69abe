"""What a cluster's answers come to: lists, logs, figures and histories, as small values. Pure."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.adapters.kubernetes_kinds import KubeKind
from bot.adapters.kubernetes_project import clean, shorter

_QUANTITY = re.compile(r"([+-]?[0-9]{1,30}(?:\.[0-9]{0,30})?)(?:[eE]([+-]?[0-9]{1,2})|([a-zA-Z]{1,2}))?")
_SUFFIXES = {
    "n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18,
    "Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30, "Ti": 2.0**40, "Pi": 2.0**50, "Ei": 2.0**60,
}  # fmt: skip
#: The longest line of a log that is kept. Characters.
LINE = 1000


@dataclass(frozen=True)
class Listed:
    """Objects, each cut to its shape. `more`: there are others, which were not read."""

    items: tuple[dict[str, Any], ...]
    more: bool = False


@dataclass(frozen=True)
class Line:
    """A line of a log; `at` is when it was written, None where the cluster did not say."""

    text: str
    at: datetime | None = None


@dataclass(frozen=True)
class Log:
    """Lines, the earliest first. `cut`: there was more than may be read at once."""

    lines: tuple[Line, ...]
    cut: bool = False


@dataclass(frozen=True)
class Usage:
    """What a node, or all containers of a pod, use: `cpu` in cores, `memory` in bytes. `window` is over how long."""

    name: str
    cpu: float
    memory: float
    namespace: str = ""
    window: str = ""


@dataclass(frozen=True)
class Revision:
    """What a workload was at some time: `images` by container. `restarted` is when somebody asked for a restart."""

    number: int
    name: str
    at: datetime | None
    images: Mapping[str, str] = field(default_factory=dict)
    why: str = ""
    restarted: str = ""
    #: It was rolled back to: its number is newer than it is.
    again: bool = False


def when(value: object) -> datetime | None:
    """A time as Kubernetes writes it; None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def quantity(value: object) -> float | None:
    """`250m`, `1.5Gi`, `2e3` or `4` as a number; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    match = _QUANTITY.fullmatch(str(value))
    if match is None:
        return None
    number, exponent, suffix = match.groups()
    factor = 10.0 ** int(exponent or 0) if suffix is None else _SUFFIXES.get(suffix)
    found = None if factor is None else float(number) * factor
    return found if found is not None and math.isfinite(found) else None


def log(body: bytes, cut: bool, most: int) -> Log:
    """The last lines of a log with time stamps. Half a line at the end of what was cut is dropped.

    What looks secret is taken out of the whole, since a private key has many lines.
    """
    lines = body.decode(errors="replace").split("\n")
    if cut and len(lines) > 1:
        lines.pop()
    found: list[Line] = []
    at: datetime | None = None
    for line in clean("\n".join(lines[-most - 1 :])).split("\n"):
        stamp, space, text = line.partition(" ")
        own = when(stamp) if space and len(stamp) >= 20 else None
        at = own or at  # a line whose stamp is gone came after the one before it
        if line.strip():
            found.append(Line(shorter(text if own else line, LINE).rstrip(), at))
    return Log(tuple(found[-most:]), cut)


def usages(answer: Mapping[str, Any], most: int) -> list[Usage]:
    """What `metrics.k8s.io` says of nodes or pods, the hungriest for memory first."""
    found = [_usage(item) for item in answer.get("items") or () if isinstance(item, Mapping)]
    return sorted(found, key=lambda each: (-each.memory, each.namespace, each.name))[:most]


def _usage(item: Mapping[str, Any]) -> Usage:
    metadata = item.get("metadata") or {}
    containers = item.get("containers")
    parts = containers if isinstance(containers, list) else [item]
    used = [part.get("usage") or {} for part in parts if isinstance(part, Mapping)]
    return Usage(
        name=str(metadata.get("name", ""))[:253],
        namespace=str(metadata.get("namespace", ""))[:63],
        cpu=sum(quantity(each.get("cpu")) or 0.0 for each in used),
        memory=sum(quantity(each.get("memory")) or 0.0 for each in used),
        window=str(item.get("window", ""))[:20],
    )


def revisions(kind: KubeKind, owner: str, items: Iterable[Mapping[str, Any]]) -> tuple[Revision, ...]:
    """Of the ReplicaSets or ControllerRevisions, those of this workload, the newest first."""
    found = (_revision(kind, item) for item in items if owns(kind, owner, item))
    return tuple(sorted(found, key=lambda each: (-each.number, each.name)))


def owns(kind: KubeKind, owner: str, item: Mapping[str, Any]) -> bool:
    """Whether the item belongs to the workload of this kind and name."""
    singular = {KubeKind.STATEFULSETS: "StatefulSet", KubeKind.DAEMONSETS: "DaemonSet"}.get(kind, "Deployment")
    owners = (item.get("metadata") or {}).get("ownerReferences") or ()
    return any(each.get("kind") == singular and each.get("name") == owner for each in owners)


def _revision(kind: KubeKind, item: Mapping[str, Any]) -> Revision:
    metadata = item.get("metadata") or {}
    noted = metadata.get("annotations") or {}
    deployment = kind is KubeKind.DEPLOYMENTS
    number = noted.get("deployment.kubernetes.io/revision", "") if deployment else item.get("revision", 0)
    inner = item if deployment else item.get("data") or {}
    template = (inner.get("spec") or {}).get("template") or {}
    containers = (template.get("spec") or {}).get("containers") or ()
    restarted = ((template.get("metadata") or {}).get("annotations") or {}).get("kubectl.kubernetes.io/restartedAt", "")
    return Revision(
        number=int(number) if str(number).isdecimal() else 0,
        name=str(metadata.get("name", "")),
        at=when(metadata.get("creationTimestamp")),
        images={str(each.get("name", "")): str(each.get("image", "")) for each in containers},
        why=str(noted.get("kubernetes.io/change-cause", "")),
        restarted=str(restarted),
        again="deployment.kubernetes.io/revision-history" in noted,
    )
