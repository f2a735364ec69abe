"""Which workloads are well and which are not, as evidence: by what is wanted of each, and how its pods are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.adapters.kubernetes_answers import when
from bot.evidence.model import NODE, REASON, Grade, Kind, Piece, Window
from bot.sources.kubernetes_pods import Pod, number, part, rows, telling, text
from bot.sources.kubernetes_scope import Scope

Json = Mapping[str, Any]
SOURCE = "Kubernetes"
#: As many pods of a workload are told of, and as many places that one runs on.
_PODS, _NODES = 5, 10
#: A pod in this way is on its way.
_SOON = "Starting"


def workloads(kind: str, found: Iterable[Json], pods: Sequence[Pod], scope: Scope, window: Window) -> list[Piece]:
    """Of every Deployment, StatefulSet or DaemonSet (`kind`, in small letters) how it stands now."""
    by: defaultdict[tuple[str, str], list[Pod]] = defaultdict(list)
    for pod in pods:
        by[pod.namespace, pod.subject].append(pod)
    return [
        piece
        for each in found
        for piece in _workload(
            kind, each, by[text(each, "metadata", "namespace"), f"{kind}/{_name(each)}"], scope, window
        )
    ]


def loose(pods: Iterable[Pod], scope: Scope, now: datetime) -> list[Piece]:
    """Pods that nothing looks after, where they are not well."""
    return [
        _piece(
            pod.name,
            pod.subject,
            pod.namespace,
            scope,
            title=f"{pod.name}: not ready ({pod.reason})",
            text=_told([pod]),
            at=min(pod.since or now, now),
            grade=Grade.CRITICAL,
            reason=pod.reason,
            node=pod.node,
        )
        for pod in pods
        if pod.subject.startswith("pod/") and pod.counts and not pod.ready and pod.reason != _SOON
    ]


def jobs(found: Iterable[Json], scope: Scope, window: Window) -> list[Piece]:
    """Jobs that failed in the last day or so."""
    pieces: list[Piece] = []
    for job in found:
        failed = next((each for each in rows(job, "status", "conditions") if each.get("type") == "Failed"), {})
        at = when(failed.get("lastTransitionTime"))
        if failed.get("status") != "True" or at is None or at < window.start - window.spans.releases:
            continue
        owner = next(iter(rows(job, "metadata", "ownerReferences")), {})
        name = text(owner, "name") or _name(job)
        pieces.append(
            _piece(
                name,
                f"{'cronjob' if owner else 'job'}/{name}",
                text(job, "metadata", "namespace"),
                scope,
                title=f"{name}: the job failed ({text(failed, 'reason') or 'Failed'})",
                text=text(failed, "message"),
                at=min(at, window.until),
                grade=Grade.WARNING,
                reason=text(failed, "reason"),
            )
        )
    return pieces


def _workload(kind: str, whole: Json, pods: Sequence[Pod], scope: Scope, window: Window) -> list[Piece]:
    wanted, ready = _wanted(kind, whole)
    name, now = _name(whole), window.until
    bad = [pod for pod in pods if not pod.ready and pod.reason != _SOON and (pod.counts or _recent(pod, window))]
    missing = ready < wanted and not (ready and all(pod.reason == _SOON for pod in pods if not pod.ready))
    stuck = any(pod.counts and pod.reason != "NotReady" for pod in bad)
    where = (name, f"{kind}/{name}", text(whole, "metadata", "namespace"), scope)
    if not missing and not stuck:
        return _well(where, whole, wanted, ready, pods, now)
    reason = telling(pod.reason for pod in bad) or "NotReady"
    first = next((pod for pod in bad if pod.reason == reason and pod.node), None)
    node = first.node if first else next((pod.node for pod in pods if pod.node), "")
    begun = min((pod.since for pod in bad if pod.since), default=None) or _since(whole) or now
    piece = _piece(
        *where,
        title=f"{name}: {ready} of {wanted} ready ({reason})",
        text=_told(bad),
        at=min(begun, now),
        grade=Grade.WARNING if ready else Grade.CRITICAL,
        reason=reason,
        node=node,
    )
    return [piece, *_elsewhere(where, pods, node, now)]


def _well(
    where: tuple[str, str, str, Scope], whole: Json, wanted: int, ready: int, pods: Sequence[Pod], now: datetime
) -> list[Piece]:
    """One that is as it should be. Where the whole cluster is asked there are too many of these to keep."""
    name, _, _, scope = where
    if not scope.namespace:
        return []
    begun = min(_since(whole) or now, now)
    if not wanted:
        return [_piece(*where, title=f"{name}: scaled to 0, so nothing runs", at=begun, grade=Grade.INFO)]
    node = next((pod.node for pod in pods if pod.ready and pod.node), "")
    piece = _piece(*where, title=f"{name}: {ready} of {wanted} ready", at=begun, grade=Grade.FINE, node=node)
    return [piece, *_elsewhere(where, pods, node, now)]


def _elsewhere(where: tuple[str, str, str, Scope], pods: Sequence[Pod], told: str, now: datetime) -> list[Piece]:
    """A piece for every further node that it runs on, so that they are known to be its own."""
    by: dict[str, Pod] = {}
    for pod in sorted(pods, key=lambda pod: pod.ready):
        if pod.counts and pod.node not in ("", told):
            by.setdefault(pod.node, pod)
    return [
        _piece(
            *where,
            title=f"{where[0]}: its pods on {node} are {'ready' if pod.ready else f'not ready ({pod.reason})'}",
            at=min(pod.since or now, now),
            grade=Grade.FINE if pod.ready else Grade.WARNING,
            reason=pod.reason,
            node=node,
        )
        for node, pod in sorted(by.items())[:_NODES]
    ]


def _piece(
    name: str,
    subject: str,
    namespace: str,
    scope: Scope,
    *,
    title: str,
    at: datetime,
    grade: Grade,
    text: str = "",
    reason: str = "",
    node: str = "",
) -> Piece:
    return Piece(
        source=SOURCE,
        kind=Kind.WORKLOAD,
        at=at,
        title=title,
        text=text,
        service=scope.service(name),
        namespace=namespace,
        subject=subject,
        grade=grade,
        data=({REASON: reason} if reason else {}) | ({NODE: node} if node else {}),
    )


def _told(pods: Sequence[Pod]) -> str:
    """A line for each of the first pods: where it is, and what is said of it."""
    lines = [
        f"{pod.name}{f' on {pod.node}' if pod.node else ''}: {pod.reason}{f', {pod.said}' if pod.said else ''}"
        for pod in pods[:_PODS]
    ]
    return "\n".join([*lines, *([f"and {len(pods) - _PODS} more"] if len(pods) > _PODS else [])])


def _wanted(kind: str, whole: Json) -> tuple[int, int]:
    """How many pods there should be, and how many are ready."""
    if kind == "daemonset":
        return number(whole, "status", "desiredNumberScheduled"), number(whole, "status", "numberReady")
    given = part(whole, "spec").get("replicas")
    return number(whole, "spec", "replicas") if given is not None else 1, number(whole, "status", "readyReplicas")


def _recent(pod: Pod, window: Window) -> bool:
    """Whether one that is over ended in the time that is looked at; old ones lie around for days."""
    opens = window.start - window.spans.events
    return pod.reason != "" and pod.since is not None and pod.since >= opens


def _since(whole: Json) -> datetime | None:
    available = next((each for each in rows(whole, "status", "conditions") if each.get("type") == "Available"), {})
    return when(available.get("lastTransitionTime")) or when(part(whole, "metadata").get("creationTimestamp"))


def _name(found: Json) -> str:
    return text(found, "metadata", "name")
