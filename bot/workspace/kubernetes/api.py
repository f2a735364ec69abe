"""A cluster's API on the wire. It records every request; a write, or a look into a secret, is refused and kept."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from aiohttp import web

from bot.workspace.kubernetes import logs, metrics
from bot.workspace.kubernetes.cluster import Cluster
from bot.workspace.kubernetes.objects import Json
from bot.workspace.kubernetes.query import Gone, Invalid, page, selected
from bot.workspace.kubernetes.state import PLURALS

TOKEN = "local-cluster-token"  # noqa: S105 - opens nothing but a cluster in memory
PREFIX = "/kubernetes"
_GROUPS = {
    "v1": {"pods", "nodes", "namespaces", "services", "persistentvolumeclaims", "events", "configmaps", "secrets"},
    "apps/v1": {"deployments", "statefulsets", "daemonsets", "replicasets", "controllerrevisions"},
    "batch/v1": {"jobs", "cronjobs"},
    "networking.k8s.io/v1": {"ingresses"},
    "autoscaling/v2": {"horizontalpodautoscalers"},
}
_KINDS = {plural: kind for kind, plural in PLURALS.items()}
_CLUSTERED = {"nodes", "namespaces"}
#: What holds data that nobody may read.
_SECRET = {"secrets", "configmaps"}


@dataclass(frozen=True)
class Record:
    """A request. `surprise` says what was wrong with it: nobody who only looks at how things stand asks for that."""

    method: str
    path: str
    query: dict[str, str]
    accept: str
    surprise: str = ""
    status: int = 0


class KubernetesApi:
    """Serves one cluster below `/kubernetes`, to whoever has the token."""

    def __init__(self, cluster: Cluster, token: str = TOKEN) -> None:
        self.cluster = cluster
        self.token = token
        self.records: list[Record] = []
        #: What the account may not read, as (plural name, namespace); an empty namespace means all of them.
        self.denied: set[tuple[str, str]] = set()
        #: Whether metrics-server is there.
        self.measures = True
        #: Called before each answer; a test lets the cluster change meanwhile.
        self.before_answer: Callable[[Record], None] | None = None
        self._epoch = 1

    @property
    def surprises(self) -> Sequence[Record]:
        """Every write and every look into a secret that anybody tried."""
        return [record for record in self.records if record.surprise]

    def register(self, workspace: object, server: web.Application) -> None:
        """Adds it to the workspace's server (`Workspace.start(register=...)`)."""
        server.add_routes(self.routes())

    def routes(self) -> list[web.AbstractRouteDef]:
        """To be added to a server."""
        return [web.route("*", f"{PREFIX}/{{path:.*}}", self._serve)]

    def expire(self) -> None:
        """Forget where lists were to go on."""
        self._epoch += 1

    def kubeconfig(self, url: str) -> Json:
        """A kubeconfig for it, where the server that it was added to is at `url`."""
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "local",
            "contexts": [{"name": "local", "context": {"cluster": "local", "user": "holdfast"}}],
            "clusters": [{"name": "local", "cluster": {"server": f"{url}{PREFIX}"}}],
            "users": [{"name": "holdfast", "user": {"token": self.token}}],
        }

    def write_kubeconfig(self, url: str, path: Path) -> Path:
        """The same as a file that only its owner reads; JSON is YAML."""
        path.touch(mode=0o600)
        path.write_text(json.dumps(self.kubeconfig(url), indent=1))
        return path

    async def _serve(self, request: web.Request) -> web.Response:
        record = Record(
            method=request.method,
            path=request.path.removeprefix(PREFIX),
            query=dict(request.query),
            accept=request.headers.get("Accept", ""),
            surprise=_surprise(request),
        )
        if self.before_answer is not None:
            self.before_answer(record)
        response = status(403, record.surprise) if record.surprise else self._answer(request)
        self.records.append(replace(record, status=response.status))
        return response

    def _answer(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return status(401, "Unauthorized")
        match request.match_info["path"].rstrip("/").split("/"):
            case ["version"]:
                return web.json_response({"major": "1", "minor": "34", "gitVersion": "v1.34.2+k3s1"})
            case ["api"]:
                return web.json_response({"kind": "APIVersions", "versions": ["v1"]})
            case ["apis"]:
                return web.json_response(
                    {"kind": "APIGroupList", "groups": [_group(each) for each in _GROUPS if "/" in each]}
                )
            case ["api", version]:
                return self._resources(version)
            case ["apis", group, version]:
                return self._resources(f"{group}/{version}")
            case ["api", version, *rest]:
                return self._read(request, version, rest)
            case ["apis", group, version, *rest]:
                return self._read(request, f"{group}/{version}", rest)
        return status(404, "the server could not find the requested resource")

    def _resources(self, version: str) -> web.Response:
        if version not in _GROUPS:
            return status(404, "the server could not find the requested resource")
        found = [
            {
                "name": plural,
                "singularName": _KINDS[plural].lower(),
                "kind": _KINDS[plural],
                "namespaced": plural not in _CLUSTERED,
                "verbs": ["get", "list"],
            }
            for plural in sorted(_GROUPS[version])
        ]
        return web.json_response({"kind": "APIResourceList", "groupVersion": version, "resources": found})

    def _read(self, request: web.Request, version: str, rest: list[str]) -> web.Response:
        namespace = ""
        if rest[:1] == ["namespaces"] and len(rest) > 2:
            namespace, rest = rest[1], rest[2:]
        plural, name, sub = [*rest, "", ""][:3]
        denied = f"{plural}/{sub}" if sub else plural
        if {(denied, ""), (denied, namespace)} & self.denied:
            verb, what = "get" if name else "list", f'{denied} in the namespace "{namespace}"'
            return status(403, f'{denied} is forbidden: User "system:serviceaccount:x:holdfast" cannot {verb} {what}')
        if version == metrics.VERSION and self.measures and not name:
            return metrics.answer(self.cluster, plural, namespace)
        if plural not in _GROUPS.get(version, set()):
            return status(404, "the server could not find the requested resource")
        if name:
            return self._one(request, plural, namespace, name, sub)
        return self._list(request, version, plural, namespace)

    def _one(self, request: web.Request, plural: str, namespace: str, name: str, sub: str) -> web.Response:
        found = self.cluster.objects[plural].get((namespace, name))
        if found is None:
            return status(404, f'{plural} "{name}" not found')
        if sub == "log" and plural == "pods":
            return logs.answer(self.cluster, found, request.query)
        if sub:
            return status(404, "the server could not find the requested resource")
        return web.json_response(_partial(found) if _metadata_only(request) else found)

    def _list(self, request: web.Request, version: str, plural: str, namespace: str) -> web.Response:
        query = request.query
        inside = [item for (where, _), item in sorted(self.cluster.objects[plural].items()) if namespace in ("", where)]
        try:
            found = selected(inside, query.get("labelSelector", ""), query.get("fieldSelector", ""))
            part = page(found, query.get("limit", ""), query.get("continue", ""), self._epoch)
        except Invalid as error:
            return status(400, str(error))
        except Gone:
            return status(410, "The provided continue parameter is too old")
        going = {"continue": part.going, "remainingItemCount": part.left} if part.left else {}
        head = {"metadata": {"resourceVersion": "5000"} | going}
        if _metadata_only(request):
            kind = {"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1"}
            return web.json_response(head | kind | {"items": [_partial(item) for item in part.items]})
        kind = {"kind": f"{_KINDS[plural]}List", "apiVersion": version}
        return web.json_response(head | kind | {"items": part.items})


def status(code: int, message: str) -> web.Response:
    """A refusal, as Kubernetes words it."""
    said = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message, "code": code}
    return web.json_response(said, status=code)


def _surprise(request: web.Request) -> str:
    """What nobody asks for who only looks at how things stand; empty for what is asked in good faith."""
    if request.method != "GET":
        return f"a write: {request.method}"
    if request.query.get("watch") or request.query.get("follow"):
        return "a request that never ends"
    if any(name.lower().startswith("impersonate-") for name in request.headers):
        return "a request in somebody else's name"
    parts = request.match_info["path"].split("/")
    if any(part in {"exec", "attach", "portforward", "proxy", "token"} for part in parts):
        return f"a way into a pod: {parts[-1]}"
    # below `namespaces/<name>` the plural name comes third, and a namespace may be called like one
    inside = parts[2 if parts[0] == "api" else 3 :]
    plural = inside[2] if inside[:1] == ["namespaces"] and len(inside) > 2 else inside[0] if inside else ""
    if plural in _SECRET and not _metadata_only(request):
        return f"a look at what is in {plural}"
    return ""


def _metadata_only(request: web.Request) -> bool:
    """Whether nothing but metadata is taken as an answer; `, application/json` behind it would take everything."""
    accept = request.headers.get("Accept", "").replace(" ", "")
    return bool(accept) and all("as=PartialObjectMetadata" in each for each in accept.split(","))


def _partial(found: Json) -> Json:
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": found["metadata"]}


def _group(version: str) -> Json:
    name = version.partition("/")[0]
    each = {"groupVersion": version, "version": version.partition("/")[2]}
    return {"name": name, "versions": [each], "preferredVersion": each}
