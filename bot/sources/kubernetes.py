"""Kubernetes as a source of evidence: how workloads and nodes stand, what happened to them, and what was changed."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from bot.adapters.kubernetes import LINES, MOST, REVISIONS, Kubernetes
from bot.adapters.kubernetes_answers import Line
from bot.adapters.kubernetes_kinds import KubeKind
from bot.adapters.kubernetes_wire import Forbidden
from bot.clock import Clock
from bot.errors import HoldfastError
from bot.evidence.model import BEFORE, COUNT, NODE, Grade, Kind, Piece
from bot.sources.kubernetes_changes import configuration, rollouts
from bot.sources.kubernetes_happened import restarts, warnings
from bot.sources.kubernetes_lines import Frequent, frequent
from bot.sources.kubernetes_nodes import nodes
from bot.sources.kubernetes_pods import Pod, containers, number, read, text
from bot.sources.kubernetes_scope import Scope, ask_each, scopes, together
from bot.sources.kubernetes_workloads import SOURCE, jobs, loose, workloads
from bot.sources.source import About, Found, NotSetUp, Question

#: Pods whose logs are read in a namespace, and kinds of lines that are told of each workload.
LOGS, TOLD = 4, 4
_UNKNOWN = "an unknown number"
_WORKLOADS = (KubeKind.DEPLOYMENTS, KubeKind.STATEFULSETS, KubeKind.DAEMONSETS)
Ask = Callable[[About, Scope], Awaitable[Found]]


class KubernetesSource:
    """Asks one cluster, in the namespaces of the service and of all that it needs."""

    name = SOURCE

    def __init__(self, client: Kubernetes, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    @property
    def questions(self) -> Sequence[Question]:
        """Each on its own, so that one that fails takes nothing else with it."""
        return (
            Question("workloads", (Kind.WORKLOAD,), partial(_everywhere, self._workloads)),
            Question("nodes", (Kind.NODE,), self._nodes),
            Question("restarts", (Kind.RESTART,), partial(_everywhere, self._restarts)),
            Question("warning events", (Kind.EVENT,), self._events),
            Question("releases", (Kind.ROLLOUT,), partial(_everywhere, self._rollouts)),
            Question("changed configuration", (Kind.CONFIG,), partial(_everywhere, self._configuration)),
            Question("error lines of what is not well", (Kind.LOG,), partial(_everywhere, self._lines)),
        )

    async def _workloads(self, about: About, scope: Scope) -> Found:
        pods, few = await self._pods(scope)
        failed, unknown = await self._optional(KubeKind.JOBS, scope)
        found = [await self._all(kind, scope) for kind in _WORKLOADS]
        window = about.window
        pieces = [*loose(pods, scope, window.until), *jobs(failed, scope, window)]
        for kind, (items, _) in zip(_WORKLOADS, found, strict=True):
            pieces += workloads(kind.removesuffix("s"), items, pods, scope, window)
        empty = f"Nothing runs in the namespace {scope.namespace}." if scope.namespace and not pieces else ""
        return Found(pieces, together([few, unknown, *(said for _, said in found), empty]))

    async def _nodes(self, about: About) -> Found:
        items, few = await self._all(KubeKind.NODES, Scope(""))
        return Found(nodes(items, about.window.until), few)

    async def _restarts(self, about: About, scope: Scope) -> Found:
        pods, few = await self._pods(scope)
        return Found(restarts(pods, scope, about.window), few)

    async def _events(self, about: About) -> Found:
        wanted = _wanted(about)
        asked = [partial(self._warnings, about, scope) for scope in wanted]
        return await ask_each([*asked, partial(self._of_nodes, about)] if wanted[0].namespace else asked)

    async def _warnings(self, about: About, scope: Scope) -> Found:
        listed = await self._client.events(scope.namespace)
        pods, _ = await self._pods(scope)
        few = _few(KubeKind.EVENTS, scope, len(listed.items)) if listed.more else ""
        return Found(warnings(listed.items, pods, scope, about.window), few)

    async def _of_nodes(self, about: About) -> Found:
        """What happens to nodes is told in a namespace of its own."""
        fields = {"type": "Warning", "involvedObject.kind": "Node"}
        listed = await self._client.objects(KubeKind.EVENTS, "default", fields=fields)
        return Found(warnings(listed.items, (), Scope(""), about.window))

    async def _rollouts(self, about: About, scope: Scope) -> Found:
        kinds = (*_WORKLOADS, KubeKind.REPLICASETS, KubeKind.CONTROLLERREVISIONS)
        answers = [await self._all(kind, scope) for kind in kinds]
        items = {kind: found for kind, (found, _) in zip(kinds, answers, strict=True)}
        pieces = [
            piece
            for kind in _WORKLOADS
            for piece in rollouts(kind, items[kind], items[REVISIONS[kind]], scope, about.window)
        ]
        return Found(pieces, together([said for _, said in answers]))

    async def _configuration(self, about: About, scope: Scope) -> Found:
        maps, few = await self._all(KubeKind.CONFIGMAPS, scope)
        secrets, unknown = await self._optional(KubeKind.SECRETS, scope)
        pieces = [
            *configuration(KubeKind.CONFIGMAPS, maps, scope, about.window),
            *configuration(KubeKind.SECRETS, secrets, scope, about.window),
        ]
        return Found(pieces, together([few, unknown]))

    async def _lines(self, about: About, scope: Scope) -> Found:
        """Error lines of what is not well, by workload."""
        pods, few = await self._pods(scope)
        affected = [pod for pod in pods if pod.counts and pod.node and (not pod.ready or _restarted(pod))]
        asked = sorted(affected, key=lambda pod: (pod.ready, pod.name))[:LOGS]
        answers = [await self._log(about, pod) for pod in asked]
        logs: dict[tuple[str, str], list[tuple[Pod, list[Line]]]] = {}
        for pod, (lines, _) in zip(asked, answers, strict=True):
            logs.setdefault((pod.namespace, pod.subject), []).append((pod, lines))
        pieces = await asyncio.to_thread(_frequent, list(logs.values()), about, scope)
        left = f"Only the logs of {LOGS} of {len(affected)} pods were read." if len(affected) > LOGS else ""
        return Found(pieces, together([few, left, *(said for _, said in answers)]))

    async def _log(self, about: About, pod: Pod) -> tuple[list[Line], str]:
        """What the container that is not well, and the one before it, wrote; or why that cannot be read."""
        since = self._clock.now() - (about.window.start - about.window.spans.events)
        container = _ailing(pod)
        lines: list[Line] = []
        said = ""
        for previous in (True, False) if _restarted(pod) else (False,):
            try:
                log = await self._client.logs(
                    pod.namespace, pod.name, container, tail=LINES, since=since, previous=previous
                )
            except Forbidden:
                raise
            except HoldfastError:
                # a container that never began has no log, and neither has a node that is away
                said = f"The log of {pod.name} cannot be read now."
            else:
                lines += log.lines
        return lines, "" if lines else said

    async def _pods(self, scope: Scope) -> tuple[list[Pod], str]:
        items, few = await self._all(KubeKind.PODS, scope)
        now = self._clock.now()
        return [read(each, now) for each in items], few

    async def _all(self, kind: KubeKind, scope: Scope) -> tuple[Sequence[dict[str, Any]], str]:
        """The objects of a kind, and a sentence where those are not all."""
        listed = await self._client.objects(kind, scope.namespace, most=MOST)
        return listed.items, _few(kind, scope, len(listed.items)) if listed.more else ""

    async def _optional(self, kind: KubeKind, scope: Scope) -> tuple[Sequence[dict[str, Any]], str]:
        """The same, where it is no harm if we may not read them."""
        try:
            return await self._all(kind, scope)
        except Forbidden as error:
            return (), error.sentence


async def _everywhere(ask: Ask, about: About) -> Found:
    return await ask_each(partial(ask, about, scope) for scope in _wanted(about))


def _wanted(about: About) -> tuple[Scope, ...]:
    """The namespaces that are asked. Raises NotSetUp."""
    found = scopes(about)
    if not found:
        raise NotSetUp("It is not known in which namespace this service runs. Set services[].namespace.")
    return found


def _few(kind: KubeKind, scope: Scope, many: int) -> str:
    return f"Only the first {many} {kind} in {scope.namespace or 'all namespaces'} were looked at."


def _restarted(pod: Pod) -> bool:
    return any(number(each, "restartCount") for each in containers(pod.raw))


def _ailing(pod: Pod) -> str:
    """The container that is not ready, else the one that restarted most."""
    found = sorted(containers(pod.raw), key=lambda each: (each.get("ready") is True, -number(each, "restartCount")))
    return text(found[0], "name") if found else ""


def _frequent(logs: Sequence[Sequence[tuple[Pod, list[Line]]]], about: About, scope: Scope) -> list[Piece]:
    """A piece for each kind of line of each workload that stands out."""
    start, until = about.window.start, about.window.until
    return [
        _told(each, found[0][0], scope)
        for found in logs
        for each in frequent((lines for _, lines in found), start, until, TOLD)
    ]


def _told(line: Frequent, pod: Pod, scope: Scope) -> Piece:
    return Piece(
        source=SOURCE,
        kind=Kind.LOG,
        at=line.first,
        title=line.common,
        text=line.example,
        service=scope.service(pod.subject.partition("/")[2]),
        namespace=pod.namespace,
        subject=pod.subject,
        grade=Grade.WARNING,
        data={
            COUNT: str(line.during),
            BEFORE: _UNKNOWN if line.before is None else str(line.before),
            NODE: pod.node,
        },
    )
