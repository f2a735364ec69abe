"""A cluster as agents may read it: six questions of a fixed form, and no other way to it."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from agents.runtime.guard import EXPRESSION
from agents.runtime.tool import AnyTool, Input, Result, Status, Tool
from agents.tools import kubernetes_rows as rows
from bot.adapters.kubernetes import Kubernetes
from bot.adapters.kubernetes_kinds import (
    ANY_LABEL_PATTERN,
    ANY_NAME_PATTERN,
    LABEL_PATTERN,
    NAME_PATTERN,
    PLACES,
    SELECTOR_PATTERN,
    KubeKind,
)
from bot.errors import Refused
from bot.evidence.model import Kind
from bot.sources.kubernetes_pods import guessed

SOURCE = "Kubernetes"
#: Rows of one answer, lines of a log, and how far back one goes, in minutes.
ROWS, TAIL, SINCE = 200, 500, 360

#: What an agent may ask for by name. Secrets are not among it, and of ConfigMaps there is only that they are there.
Listable = Literal[
    "pods",
    "deployments",
    "statefulsets",
    "daemonsets",
    "replicasets",
    "jobs",
    "cronjobs",
    "nodes",
    "namespaces",
    "services",
    "ingresses",
    "persistentvolumeclaims",
    "horizontalpodautoscalers",
    "configmaps",
]
Namespace = Annotated[str, Field(pattern=LABEL_PATTERN, max_length=63, description="Its namespace: nextcloud.")]
AnyNamespace = Annotated[str, Field(pattern=ANY_LABEL_PATTERN, max_length=63, description="Empty: all namespaces.")]
Name = Annotated[str, Field(pattern=NAME_PATTERN, max_length=253, description="Its name: nextcloud-7d9c6b5f4-x2x4z.")]
Selector = Annotated[
    str, EXPRESSION, Field(pattern=SELECTOR_PATTERN, max_length=500, description="Labels: app=nextcloud,tier!=cache.")
]


class List(Input):
    """Which objects are meant."""

    kind: Listable
    namespace: AnyNamespace = ""
    selector: Selector = ""
    limit: int = Field(default=50, ge=1, le=ROWS, description="How many at most.")


class Describe(Input):
    """Which object is meant. Nodes and namespaces are in no namespace."""

    kind: Listable
    name: Name
    namespace: Annotated[str, Field(pattern=ANY_LABEL_PATTERN, max_length=63, description="Its namespace.")] = ""


class Events(Input):
    """Which events are meant."""

    namespace: AnyNamespace = ""
    name: Annotated[str, Field(pattern=ANY_NAME_PATTERN, max_length=253, description="About this object only.")] = ""
    warnings: bool = Field(default=True, description="Only warnings.")
    limit: int = Field(default=50, ge=1, le=ROWS, description="How many at most, the newest first.")


class Logs(Input):
    """Which log is meant."""

    namespace: Namespace
    pod: Name
    container: Annotated[str, Field(pattern=ANY_LABEL_PATTERN, max_length=63, description="Empty: the only one.")] = ""
    tail: int = Field(default=100, ge=1, le=TAIL, description="As many of the last lines.")
    since: int = Field(default=60, ge=1, le=SINCE, description="None older than so many minutes.")
    previous: bool = Field(default=False, description="Of the container before this one, which ended.")


class Top(Input):
    """Whose usage is meant."""

    what: Literal["nodes", "pods"]
    namespace: AnyNamespace = ""
    limit: int = Field(default=30, ge=1, le=ROWS, description="How many at most, the hungriest for memory first.")


class History(Input):
    """Whose revisions are meant."""

    kind: Literal["deployments", "statefulsets", "daemonsets"]
    name: Name
    namespace: Namespace


def kubernetes_tools(client: Kubernetes) -> tuple[AnyTool, ...]:
    """Everything that may be asked of the cluster."""
    asked = _Asked(client)
    return (*_of_objects(asked), *_of_time(asked))


def _of_objects(asked: "_Asked") -> tuple[AnyTool, ...]:
    """How things stand."""
    return (
        Tool(
            name="k8s_list",
            description="Lists objects of a kind, a line each: how each stands, where it runs, since when.",
            input=List,
            run=asked.list,
            says=lambda it: f"{it.kind}{_in(it.namespace)}{' of some labels' if it.selector else ''}",
            source=SOURCE,
        ),
        Tool(
            name="k8s_describe",
            description="Shows one object in full, and the events about it. Values of environments are left out.",
            input=Describe,
            run=asked.describe,
            says=lambda it: f"{PLACES[KubeKind(it.kind)].singular} {it.name}{_in(it.namespace, '')}",
            source=SOURCE,
        ),
        Tool(
            name="k8s_top",
            description="Shows how much CPU and memory nodes or pods use now.",
            input=Top,
            run=asked.top,
            says=lambda it: f"what {it.what}{_in(it.namespace) if it.what == 'pods' else ''} use",
            source=SOURCE,
        ),
    )


def _of_time(asked: "_Asked") -> tuple[AnyTool, ...]:
    """What happened."""
    return (
        Tool(
            name="k8s_events",
            description="Lists what happened in a namespace, or to one object in it, in the last hour or so.",
            input=Events,
            run=asked.events,
            says=lambda it: f"{'warnings' if it.warnings else 'events'}{_about(it.name)}{_in(it.namespace)}",
            source=SOURCE,
        ),
        Tool(
            name="k8s_logs",
            description="Reads the last lines that a container wrote, or the container before it.",
            input=Logs,
            run=asked.logs,
            says=lambda it: f"{'the earlier log' if it.previous else 'the log'} of {it.pod} in {it.namespace}",
            source=SOURCE,
        ),
        Tool(
            name="rollout_history",
            description="Lists the known revisions of a workload: when each was made, with which images.",
            input=History,
            run=asked.history,
            says=lambda it: f"revisions of {it.name} in {it.namespace}",
            source=SOURCE,
        ),
    )


class _Asked:
    """The cluster, asked by tools."""

    def __init__(self, client: Kubernetes) -> None:
        self._client = client

    async def list(self, it: List) -> Result:
        kind = KubeKind(it.kind)
        found = await self._client.objects(kind, it.namespace, selector=it.selector, most=it.limit)
        shown = [rows.row(kind, each) for each in found.items]
        content = {"items": shown} | _more(found.more, it.limit)
        query = f"list {it.kind}{_in(it.namespace)}{f' where {it.selector}' if it.selector else ''}"
        evidence = Kind.NODE if kind is KubeKind.NODES else Kind.WORKLOAD
        return Result(_status(shown), content, query, evidence, namespace=it.namespace)

    async def describe(self, it: Describe) -> Result:
        kind = KubeKind(it.kind)
        if PLACES[kind].namespaced and not it.namespace:
            raise Refused(f"Say in which namespace the {PLACES[kind].singular} {it.name} is.")
        found = await self._client.describe(kind, it.name, it.namespace)
        content = {"object": rows.whole(found.object), "events": [rows.event(each) for each in found.events]}
        subject = guessed(it.name) if kind is KubeKind.PODS else f"{PLACES[kind].singular.lower()}/{it.name}"
        evidence = Kind.NODE if kind is KubeKind.NODES else Kind.WORKLOAD
        query = f"describe {PLACES[kind].singular} {it.name}{_in(it.namespace, '')}"
        return Result(Status.OK, content, query, evidence, namespace=it.namespace, subject=subject)

    async def events(self, it: Events) -> Result:
        found = await self._client.events(it.namespace, it.name, warnings=it.warnings)
        newest = sorted((rows.event(each) for each in found.items), key=lambda each: each["last"], reverse=True)
        content = {"events": newest[: it.limit]} | _more(found.more or len(newest) > it.limit, it.limit)
        query = f"{'warnings' if it.warnings else 'events'}{_about(it.name)}{_in(it.namespace)}"
        return Result(_status(newest), content, query, Kind.EVENT, namespace=it.namespace)

    async def logs(self, it: Logs) -> Result:
        log = await self._client.logs(
            it.namespace,
            it.pod,
            it.container,
            tail=it.tail,
            since=timedelta(minutes=it.since),
            previous=it.previous,
        )
        lines = [f"{line.at:%H:%M:%S} {line.text}" if line.at else line.text for line in log.lines]
        query = f"log of {it.pod}{_in(it.namespace)}, the last {it.tail} lines of {it.since} minutes"
        content = {"lines": lines} | ({"note": "It wrote more than may be read. Ask for less time."} if log.cut else {})
        return Result(_status(lines), content, query, Kind.LOG, namespace=it.namespace, subject=guessed(it.pod))

    async def top(self, it: Top) -> Result:
        nodes = it.what == "nodes"
        found = await (self._client.top_nodes() if nodes else self._client.top_pods(it.namespace))
        shown = [rows.usage(each) for each in found[: it.limit]]
        query = f"usage of {it.what}{'' if nodes else _in(it.namespace)}"
        content = {it.what: shown} | _more(len(found) > it.limit, it.limit)
        evidence = Kind.NODE if nodes else Kind.WORKLOAD
        return Result(_status(shown), content, query, evidence, namespace="" if nodes else it.namespace)

    async def history(self, it: History) -> Result:
        kind = KubeKind(it.kind)
        shown = [rows.revision(each) for each in await self._client.rollouts(kind, it.name, it.namespace)]
        subject = f"{PLACES[kind].singular.lower()}/{it.name}"
        query = f"revisions of {subject} in {it.namespace}"
        # not a release: as evidence it says how things stand now
        return Result(
            _status(shown), {"revisions": shown}, query, Kind.WORKLOAD, namespace=it.namespace, subject=subject
        )


def _status(found: "list[dict[str, object]] | list[str]") -> Status:
    return Status.OK if found else Status.NOTHING


def _more(more: bool, limit: int) -> dict[str, str]:
    return {"note": f"Only {limit} are shown. Name a namespace or labels, or ask for more."} if more else {}


def _in(namespace: str, every: str = " in all namespaces") -> str:
    return f" in {namespace}" if namespace else every


def _about(name: str) -> str:
    return f" about {name}" if name else ""
