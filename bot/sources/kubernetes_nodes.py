"""Which nodes are well and which are not, as evidence."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bot.adapters.kubernetes_answers import when
from bot.evidence.model import NODE, REASON, Grade, Kind, Piece
from bot.sources.kubernetes_pods import part, rows, text
from bot.sources.kubernetes_workloads import SOURCE

Json = Mapping[str, Any]
_PRESSURES = ("MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable")
_WORDS = {
    "MemoryPressure": "memory pressure",
    "DiskPressure": "disk pressure",
    "PIDPressure": "too many processes (PID pressure)",
    "NetworkUnavailable": "its network is not set up",
}


def nodes(found: Iterable[Json], now: datetime) -> list[Piece]:
    """A piece for each trouble of each node; one for a node without any."""
    return [piece for each in found for piece in _node(each, now)]


def _node(node: Json, now: datetime) -> list[Piece]:
    name = text(node, "metadata", "name")
    conditions = {text(each, "type"): each for each in rows(node, "status", "conditions")}
    ready = conditions.get("Ready", {})
    cordoned = " New pods are kept away from it (cordoned)." if part(node, "spec").get("unschedulable") is True else ""
    made = part(node, "metadata").get("creationTimestamp")
    if ready.get("status") != "True":
        silent = ready.get("status") == "Unknown"
        title = f"{name}: node not ready{', nothing is heard of it' if silent else ''}"
        return [_piece(name, title, _told(ready) + cordoned, _at(ready, made, now), Grade.CRITICAL, "NodeNotReady")]
    bad = [kind for kind in _PRESSURES if conditions.get(kind, {}).get("status") == "True"]
    if not bad:
        said = f"{name}: ready, without pressure"
        return [_piece(name, said, cordoned.strip(), _at(ready, made, now), Grade.FINE, "")]
    return [
        _piece(
            name,
            f"{name}: {_WORDS[kind]}",
            _told(conditions[kind]) + cordoned,
            _at(conditions[kind], made, now),
            Grade.WARNING,
            kind,
        )
        for kind in bad
    ]


def _piece(name: str, title: str, said: str, at: datetime, grade: Grade, reason: str) -> Piece:
    return Piece(
        source=SOURCE,
        kind=Kind.NODE,
        at=at,
        title=title,
        text=said,
        subject=f"node/{name}",
        grade=grade,
        data={NODE: name} | ({REASON: reason} if reason else {}),
    )


def _told(condition: Json) -> str:
    return ": ".join(said for said in (text(condition, "reason"), text(condition, "message")) if said)


def _at(condition: Json, made: object, now: datetime) -> datetime:
    return min(when(condition.get("lastTransitionTime")) or when(made) or now, now)
