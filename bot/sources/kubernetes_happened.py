"""What happened in a cluster, as evidence: containers that ended, pods that were evicted, warnings that were given."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.adapters.kubernetes_answers import when
from bot.evidence.model import COUNT, NODE, REASON, Grade, Kind, Piece, Window
from bot.sources.kubernetes_pods import Pod, containers, guessed, number, part, text
from bot.sources.kubernetes_scope import Scope
from bot.sources.kubernetes_workloads import SOURCE

Json = Mapping[str, Any]


def restarts(pods: Iterable[Pod], scope: Scope, window: Window) -> list[Piece]:
    """Containers whose last end, and pods whose eviction, lies in the window; one piece for all of a workload alike."""
    opens = window.start - window.spans.events
    alike: defaultdict[tuple[str, str, str, str], list[tuple[datetime, Pod, Json]]] = defaultdict(list)
    for pod in pods:
        for container in containers(pod.raw):
            for state in ("lastState", "state"):
                ended = part(container, state, "terminated")
                at = when(ended.get("finishedAt"))
                if at is not None and at >= opens and not (state == "state" and number(ended, "exitCode") == 0):
                    how = f"{text(ended, 'reason') or 'Error'}, exit {number(ended, 'exitCode')}"
                    key = (pod.namespace, pod.subject, text(container, "name"), how)
                    alike[key].append((min(at, window.until), pod, container))
    ended_pieces = [_ended(key, found, scope) for key, found in alike.items()]
    return [*ended_pieces, *_evicted(pods, scope, opens, window.until)]


def _ended(key: tuple[str, str, str, str], found: Sequence[tuple[datetime, Pod, Json]], scope: Scope) -> Piece:
    namespace, subject, container, how = key
    at, pod, _ = min(found, key=lambda each: each[0])
    times = sum(number(each, "restartCount") for _, _, each in found)
    last = max(each for each, _, _ in found)
    name = subject.partition("/")[2]
    return _piece(
        Kind.RESTART,
        scope,
        namespace,
        subject,
        title=f"{name}: container {container} ended ({how})",
        text=f"{times} restarts in all, the last at {last:%H:%M} UTC.",
        at=at,
        grade=Grade.INFO if how == "Completed, exit 0" else Grade.WARNING,
        data={REASON: how.partition(",")[0], COUNT: str(times), NODE: pod.node},
    )


def _evicted(pods: Iterable[Pod], scope: Scope, opens: datetime, now: datetime) -> list[Piece]:
    return [
        _piece(
            Kind.RESTART,
            scope,
            pod.namespace,
            pod.subject,
            title=f"{pod.subject.partition('/')[2]}: a pod was evicted{f' from {pod.node}' if pod.node else ''}",
            text=pod.said,
            at=min(pod.since, now),
            grade=Grade.WARNING,
            data={REASON: "Evicted", NODE: pod.node},
        )
        for pod in pods
        if pod.reason == "Evicted" and pod.since is not None and pod.since >= opens
    ]


def warnings(found: Iterable[Json], pods: Iterable[Pod], scope: Scope, window: Window) -> list[Piece]:
    """Warning events of the window, those of the same reason about the same workload as one."""
    opens = window.start - window.spans.events
    subjects = {(pod.namespace, pod.name): pod for pod in pods}
    alike: defaultdict[tuple[str, str, str], list[tuple[datetime, datetime, Json]]] = defaultdict(list)
    for event in found:
        first, last = _times(event)
        if last is None or last < opens or text(event, "type") != "Warning":
            continue
        about = part(event, "involvedObject")
        namespace = text(about, "namespace") or text(event, "metadata", "namespace")
        key = (namespace, _subject(about, subjects), text(event, "reason"))
        began = first if first is not None and first >= opens else last
        alike[key].append((min(began, window.until), min(last, window.until), event))
    return [_warning(key, group, subjects, scope) for key, group in alike.items()]


def _warning(
    key: tuple[str, str, str],
    found: Sequence[tuple[datetime, datetime, Json]],
    pods: Mapping[tuple[str, str], Pod],
    scope: Scope,
) -> Piece:
    namespace, subject, reason = key
    at, _, first = min(found, key=lambda each: each[:2])
    times = sum(max(1, number(event, "count"), number(event, "series", "count")) for _, _, event in found)
    last = max(each for _, each, _ in found)
    pod = pods.get((namespace, text(first, "involvedObject", "name")))
    of_node = subject.startswith("node/")
    node = subject.partition("/")[2] if of_node else pod.node if pod else text(first, "source", "host")
    message = text(first, "message")
    return _piece(
        Kind.EVENT,
        scope,
        "" if of_node else namespace,
        subject,
        title=f"{subject.partition('/')[2]}: {reason}{f', {message}' if message else ''}",
        text=f"{times} times, the last at {last:%H:%M} UTC.",
        at=at,
        grade=Grade.WARNING,
        data={REASON: reason, COUNT: str(times), NODE: node},
    )


def _times(event: Json) -> tuple[datetime | None, datetime | None]:
    """When it was told first and last; whichever of Kubernetes' four ways of saying so was used."""
    first = when(event.get("firstTimestamp")) or when(event.get("eventTime"))
    last = when(part(event, "series").get("lastObservedTime")) or when(event.get("lastTimestamp"))
    last = last or when(event.get("eventTime")) or when(part(event, "metadata").get("creationTimestamp"))
    return first or last, last


def _subject(about: Json, pods: Mapping[tuple[str, str], Pod]) -> str:
    kind, name = text(about, "kind").lower(), text(about, "name")
    if kind == "pod":
        pod = pods.get((text(about, "namespace"), name))
        return pod.subject if pod else guessed(name)
    if kind == "replicaset":
        return f"deployment/{name.rpartition('-')[0] or name}"
    return f"{kind or 'object'}/{name}"


def _piece(
    kind: Kind,
    scope: Scope,
    namespace: str,
    subject: str,
    *,
    title: str,
    text: str,
    at: datetime,
    grade: Grade,
    data: Mapping[str, str],
) -> Piece:
    return Piece(
        source=SOURCE,
        kind=kind,
        at=at,
        title=title,
        text=text,
        service=scope.service(subject.partition("/")[2]) if namespace else "",
        namespace=namespace,
        subject=subject,
        grade=grade,
        data={name: value for name, value in data.items() if value},
    )
