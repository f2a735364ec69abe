"""Reads a cluster: gets and lists, each cut to the few fields that say how things stand. It has no way to write."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.adapters.kubernetes_answers import Listed, Log, Revision, Usage, log, owns, revisions, usages
from bot.adapters.kubernetes_kinds import PLACES, KubeKind, Where, checked_name, checked_namespace, checked_selector
from bot.adapters.kubernetes_login import ACCOUNT, from_account, from_kubeconfig, in_pod
from bot.adapters.kubernetes_project import kept
from bot.adapters.kubernetes_shapes import SHAPES
from bot.adapters.kubernetes_wire import Asked, Expired, Missing, Wire
from bot.errors import Permanent, Refused, Temporary
from bot.settings.env import Environment

#: The longest that one request may take. Seconds.
SECONDS = 10.0
#: As many objects are read at once, and at most; as many lines, over as long, and as many bytes of a log.
PAGE, MOST, LINES, SINCE, LOG = 250, 1000, 2000, timedelta(hours=6), 2_000_000
_METADATA = "application/json;as=PartialObjectMetadata{};g=meta.k8s.io;v=v1"
_METRICS = "metrics.k8s.io/v1beta1"
#: What can be rolled out, and where its revisions are.
REVISIONS: Mapping[KubeKind, KubeKind] = {
    KubeKind.DEPLOYMENTS: KubeKind.REPLICASETS,
    KubeKind.STATEFULSETS: KubeKind.CONTROLLERREVISIONS,
    KubeKind.DAEMONSETS: KubeKind.CONTROLLERREVISIONS,
}


@dataclass(frozen=True)
class Described:
    """One object, and the events about it, the newest last."""

    object: dict[str, Any]
    events: tuple[dict[str, Any], ...] = ()


class Kubernetes:
    """One cluster. Every method raises Refused for a word that cannot be a name, Temporary, or Permanent.

    An empty `namespace` means all of them. `login` gives a kubeconfig, with nothing in it that runs a program.
    """

    def __init__(self, login: Callable[[], dict[str, Any]], seconds: float = SECONDS) -> None:
        self._wire = Wire(login, seconds)

    async def objects(
        self,
        kind: KubeKind,
        namespace: str = "",
        *,
        selector: str = "",
        fields: Mapping[str, str] | None = None,
        most: int = MOST,
    ) -> Listed:
        """At most `most` objects of a kind. `fields` are compared for being equal: `{"type": "Warning"}`."""
        query = _selected(selector, fields or {})
        most = max(1, min(most, MOST))
        try:
            return await self._pages(kind, namespace, query, most)
        except Expired:
            return await self._pages(kind, namespace, query, most)  # once: a second time it stays so

    async def one(self, kind: KubeKind, name: str, namespace: str = "") -> dict[str, Any]:
        """One object. Raises Permanent where it is not there."""
        where = PLACES[kind]
        if where.namespaced and not namespace:
            raise Refused(f"Say in which namespace the {where.singular} {name[:60]} is.")
        path = (*_path(kind, where, namespace), checked_name(name))
        what = f"get {_in(kind, namespace)}"
        accept = _METADATA.format("") if where.metadata else "application/json"
        try:
            answer = await self._wire.json(Asked(what, where.version, path, {}, accept))
        except Missing as error:
            inside = f" in {namespace}" if where.namespaced else ""
            raise Missing(f"There is no {where.singular} {name}{inside}.") from error
        return kept(answer, SHAPES[kind])

    async def describe(self, kind: KubeKind, name: str, namespace: str = "") -> Described:
        """One object, and what happened to it."""
        found = await self.one(kind, name, namespace)
        about = {"involvedObject.name": name, "involvedObject.kind": PLACES[kind].singular}
        # what happens to something that is in no namespace is told in this one
        events = await self.objects(KubeKind.EVENTS, namespace or "default", fields=about, most=PAGE)
        return Described(found, tuple(sorted(events.items, key=lambda each: str(each.get("lastTimestamp") or ""))))

    async def events(self, namespace: str = "", name: str = "", *, warnings: bool = True, most: int = MOST) -> Listed:
        """What happened in a namespace, or to one thing in it."""
        fields = {"type": "Warning"} if warnings else {}
        return await self.objects(
            KubeKind.EVENTS, namespace, fields=fields | ({"involvedObject.name": name} if name else {}), most=most
        )

    async def logs(
        self,
        namespace: str,
        pod: str,
        container: str = "",
        *,
        tail: int = 200,
        since: timedelta = SINCE,
        previous: bool = False,
    ) -> Log:
        """The last `tail` lines of one container of a pod, none older than `since`; or of the one that ran before."""
        tail = max(1, min(tail, LINES))
        query = {
            "tailLines": str(tail),
            "sinceSeconds": str(max(1, round(min(since, SINCE).total_seconds()))),
            "limitBytes": str(LOG),
            "timestamps": "true",
        }
        if container:
            query["container"] = checked_namespace(container)
        if previous:
            query["previous"] = "true"
        path = ("namespaces", checked_namespace(namespace), "pods", checked_name(pod), "log")
        try:
            read = await self._wire.text(Asked(f"get pods/log in {namespace}", "v1", path, query), LOG)
        except Missing as error:
            raise Missing(f"There is no Pod {pod} in {namespace}.") from error
        # a server that stops at the limit looks like one that had no more to say
        return await asyncio.to_thread(log, read.body, read.cut or len(read.body) >= LOG, tail)

    async def top_nodes(self, most: int = MOST) -> tuple[Usage, ...]:
        """What every node uses."""
        return await self._top(("nodes",), "get nodes.metrics.k8s.io", most)

    async def top_pods(self, namespace: str = "", most: int = MOST) -> tuple[Usage, ...]:
        """What the pods of a namespace use."""
        path = ("namespaces", checked_namespace(namespace), "pods") if namespace else ("pods",)
        return await self._top(path, f"get pods.metrics.k8s.io in {namespace or 'all namespaces'}", most)

    async def rollouts(self, kind: KubeKind, name: str, namespace: str) -> tuple[Revision, ...]:
        """The revisions of a Deployment, StatefulSet or DaemonSet that are still known, the newest first."""
        if kind not in REVISIONS:
            raise Refused(f"Only {', '.join(REVISIONS)} are rolled out.")
        checked_name(name)
        items = (await self.objects(REVISIONS[kind], namespace)).items
        return revisions(kind, name, (each for each in items if owns(kind, name, each)))

    async def close(self) -> None:
        """Let go of the connection."""
        await self._wire.close()

    async def _pages(self, kind: KubeKind, namespace: str, query: Mapping[str, str], most: int) -> Listed:
        where = PLACES[kind]
        path = _path(kind, where, namespace)
        accept = _METADATA.format("List") if where.metadata else "application/json"
        # metadata may hold a whole object once more, as it was applied: fewer of these fit into an answer
        size = PAGE // 5 if where.metadata else PAGE
        items: list[dict[str, Any]] = []
        going = ""
        while True:
            page = {**query, "limit": str(min(size, most - len(items))), **({"continue": going} if going else {})}
            answer = await self._wire.json(Asked(f"list {_in(kind, namespace)}", where.version, path, page, accept))
            found, going = _listed(kind, answer)
            items += await asyncio.to_thread(_cut, kind, found[: most - len(items)])
            if not going or not found or len(items) >= most:
                return Listed(tuple(items), more=bool(going))

    async def _top(self, path: tuple[str, ...], what: str, most: int) -> tuple[Usage, ...]:
        try:
            return tuple(usages(await self._wire.json(Asked(what, _METRICS, path)), most))
        except Missing as error:
            raise Permanent("The cluster measures nothing: metrics-server is not there.") from error


def open_kubernetes(settings: Environment, account: Path = ACCOUNT) -> Kubernetes | None:
    """The cluster that we were told about, else the one whose pod we run in; None where there is neither.

    No request is made yet. A kubeconfig that cannot be used is refused at the first question, with its sentence.
    """
    if settings.kubeconfig is not None:
        path = settings.kubeconfig
        return Kubernetes(lambda: from_kubeconfig(path))
    if not in_pod(folder=account):
        return None
    return Kubernetes(lambda: _account(account))


def _account(folder: Path) -> dict[str, Any]:
    found = from_account(folder=folder)
    if found is None:
        raise Temporary("The pod's account is gone, so the cluster cannot be looked at.")
    return found


def _path(kind: KubeKind, where: Where, namespace: str) -> tuple[str, ...]:
    inside = ("namespaces", checked_namespace(namespace)) if where.namespaced and namespace else ()
    return (*inside, kind.value)


def _in(kind: KubeKind, namespace: str) -> str:
    """`pods in nextcloud`."""
    if not PLACES[kind].namespaced:
        return kind.value
    return f"{kind.value} in {namespace or 'all namespaces'}"


def _selected(selector: str, fields: Mapping[str, str]) -> dict[str, str]:
    query = {"labelSelector": checked_selector(selector)} if selector else {}
    terms = [f"{field}={value if value == 'Warning' else _field(value)}" for field, value in fields.items()]
    return query | ({"fieldSelector": ",".join(terms)} if terms else {})


def _field(value: str) -> str:
    return value if value in {where.singular for where in PLACES.values()} else checked_name(value)


def _cut(kind: KubeKind, found: Sequence[Any]) -> list[dict[str, Any]]:
    return [kept(each, SHAPES[kind]) for each in found]


def _listed(kind: KubeKind, answer: Mapping[str, Any]) -> tuple[Sequence[Any], str]:
    """The objects of a page, and where the next begins. What was asked for as metadata has to be no more than that."""
    items = answer.get("items")
    if not isinstance(items, list):
        raise Temporary(f"The cluster answered something else than {kind.value}.")
    if PLACES[kind].metadata and answer.get("kind") != "PartialObjectMetadataList":
        raise Permanent(f"The cluster cannot list {kind.value} without what is in them, so they are not read.")
    going = (answer.get("metadata") or {}).get("continue") or ""
    return items, str(going)
