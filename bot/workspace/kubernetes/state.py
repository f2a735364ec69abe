"""A cluster in memory, and the words for what people do to one: deploy, roll out, scale, configure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from bot.clock import Clock
from bot.workspace.kubernetes.objects import (
    PLANTED,
    REVISION,
    Json,
    applied,
    event,
    metadata,
    node,
    owner,
    pod,
    random_name,
    set_condition,
    stamp,
    template,
)

#: How every kind is called in a path, by its name.
PLURALS = {
    "Pod": "pods",
    "Deployment": "deployments",
    "StatefulSet": "statefulsets",
    "DaemonSet": "daemonsets",
    "ReplicaSet": "replicasets",
    "ControllerRevision": "controllerrevisions",
    "Job": "jobs",
    "CronJob": "cronjobs",
    "Node": "nodes",
    "Namespace": "namespaces",
    "Service": "services",
    "Ingress": "ingresses",
    "PersistentVolumeClaim": "persistentvolumeclaims",
    "HorizontalPodAutoscaler": "horizontalpodautoscalers",
    "Event": "events",
    "ConfigMap": "configmaps",
    "Secret": "secrets",
}


@dataclass
class Workload:
    """Something deployed. `nodes` are filled in turn; `how` says in which way it is broken, empty where it is not."""

    name: str
    namespace: str
    kind: str
    image: str
    replicas: int
    nodes: tuple[str, ...]
    revision: int = 0
    hash: str = ""
    how: str = ""
    pods: list[Json] = field(default_factory=list)

    @property
    def labels(self) -> Json:
        """By which its pods are found."""
        return {"app.kubernetes.io/name": self.name}


class State:
    """What is in a cluster. All times are the clock's. Nothing is random: the same words make the same cluster."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        #: By plural name, then by namespace and name.
        self.objects: defaultdict[str, dict[tuple[str, str], Json]] = defaultdict(dict)
        self.workloads: dict[str, Workload] = {}
        #: By namespace and pod: what it writes, and what the container before it wrote.
        self.logs: defaultdict[tuple[str, str], list[tuple[datetime, str]]] = defaultdict(list)
        self.before: defaultdict[tuple[str, str], list[tuple[datetime, str]]] = defaultdict(list)
        #: What nodes and pods use, as cores and bytes; what is not listed uses a little.
        self.usage: dict[str, tuple[float, float]] = {}
        self._numbers = count(1)
        self._versions = count(1000)

    def put(self, found: Json) -> Json:
        """Create or change any object; the word for whatever has no word here."""
        found["metadata"]["resourceVersion"] = str(next(self._versions))
        key = (found["metadata"].get("namespace", ""), found["metadata"]["name"])
        self.objects[PLURALS[found["kind"]]][key] = found
        return found

    def get(self, kind: str, name: str, namespace: str = "") -> Json:
        """An object by its kind's name. Raises KeyError."""
        return self.objects[PLURALS[kind]][namespace, name]

    def node(self, name: str, cpu: str = "8", memory: str = "16Gi") -> Json:
        """Add a node that is well."""
        return self.put(node(name, self.clock.now(), cpu, memory))

    def deploy(
        self,
        name: str,
        namespace: str = "",
        node: str | tuple[str, ...] = "k3s-1",
        replicas: int = 1,
        image: str = "",
        kind: str = "Deployment",
    ) -> Workload:
        """A workload whose pods run and are ready."""
        nodes = (node,) if isinstance(node, str) else node
        made = Workload(name, namespace or name, kind, image or f"registry.example.org/{name}:1.0", replicas, nodes)
        self.workloads[name] = made
        now = self.clock.now()
        if ("", made.namespace) not in self.objects["namespaces"]:
            self.put(
                {"kind": "Namespace", "metadata": metadata(made.namespace, "", now), "status": {"phase": "Active"}}
            )
        for each in nodes:
            if ("", each) not in self.objects["nodes"]:
                self.node(each)
        whole = {"apiVersion": "apps/v1", "kind": kind, "metadata": metadata(name, made.namespace, now, made.labels)}
        applied(self.put(whole | {"spec": {"selector": {"matchLabels": made.labels}}, "status": {}}))
        self._release(made)
        return made

    def roll_out(self, name: str, image: str = "", *, restart: bool = False) -> Workload:
        """A new revision: with another image, or (`restart`) only because somebody wanted new pods."""
        workload = self.workloads[name]
        workload.image = image or workload.image
        self._release(workload, stamp(self.clock.now()) if restart else "")
        return workload

    def scale(self, name: str, replicas: int) -> None:
        """Have as many pods."""
        workload = self.workloads[name]
        workload.replicas = replicas
        self.replace(workload)

    def configure(self, name: str, namespace: str, kind: str = "ConfigMap", by: str = "kubectl-edit") -> Json:
        """Write a ConfigMap or Secret; there is a secret in either."""
        now = self.clock.now()
        known = self.objects[PLURALS[kind]].get((namespace, name))
        found = known or {"apiVersion": "v1", "kind": kind, "metadata": metadata(name, namespace, now)}
        found["metadata"]["managedFields"].append({"manager": by, "operation": "Update", "time": stamp(now)})
        found["data"] = {"password": PLANTED}
        applied(found)
        return self.put(found)

    def log(self, name: str, lines: Iterable[str], at: datetime | None = None, *, previous: bool = False) -> None:
        """What every pod of a workload writes, a line a second from `at` on."""
        began = at or self.clock.now()
        workload = self.workloads[name]
        written = [(began + timedelta(seconds=after), line) for after, line in enumerate(lines)]
        for each in workload.pods:
            where = (workload.namespace, each["metadata"]["name"])
            kept = (self.before if previous else self.logs)[where]
            kept.extend(written)
            kept.sort(key=lambda line: line[0])

    def event(self, about: Json, reason: str, message: str, times: int = 1, at: datetime | None = None) -> Json:
        """A warning about an object, at `at` (now) for the first time and now for the last."""
        now = self.clock.now()
        namespace = about["metadata"].get("namespace", "default")
        made = event(namespace, about, reason, message, at or now, next(self._numbers))
        return self.put(made | {"count": times, "lastTimestamp": stamp(now)})

    def use(self, name: str, cpu: float, memory: float) -> None:
        """Let a node, or every pod of a workload, use as many cores and bytes."""
        names = [each["metadata"]["name"] for each in self.workloads[name].pods] if name in self.workloads else [name]
        self.usage |= dict.fromkeys(names, (cpu, memory))

    def remove(self, found: Json) -> None:
        """Delete an object."""
        key = (found["metadata"].get("namespace", ""), found["metadata"]["name"])
        self.objects[PLURALS[found["kind"]]].pop(key, None)

    def replace(self, workload: Workload) -> None:
        """Make all its pods anew."""
        for each in workload.pods:
            self.remove(each)
        workload.pods = [self.start_pod(workload, number) for number in range(workload.replicas)]
        self.settle(workload)

    def start_pod(self, workload: Workload, number: int) -> Json:
        """One more pod of the current revision."""
        name, made = workload.name, self.made_from(workload)
        if workload.kind == "Deployment":
            owners, random = owner("ReplicaSet", f"{name}-{workload.hash}"), str(next(self._numbers))
            called = f"{name}-{workload.hash}-{random_name(random, 5)}"
        else:
            owners = owner(workload.kind, name)
            called = (
                f"{name}-{number}" if workload.kind == "StatefulSet" else f"{name}-{random_name(f'{name}{number}', 5)}"
            )
        where = workload.nodes[number % len(workload.nodes)]
        return self.put(pod(called, workload.namespace, where, made, owners, self.clock.now()))

    def made_from(self, workload: Workload) -> Json:
        """What its pods are made from."""
        labels = workload.labels | ({"pod-template-hash": workload.hash} if workload.kind == "Deployment" else {})
        return template(workload.name, workload.image, labels)

    def settle(self, workload: Workload) -> None:
        """Let the workload say how its pods stand."""
        whole = self.get(workload.kind, workload.name, workload.namespace)
        ready = sum(_is_ready(each) for each in workload.pods)
        wanted, now = workload.replicas, self.clock.now()
        if workload.kind == "DaemonSet":
            whole["status"] |= {"desiredNumberScheduled": wanted, "numberReady": ready, "numberAvailable": ready}
        else:
            whole["spec"]["replicas"] = wanted
            whole["status"] |= {"replicas": wanted, "readyReplicas": ready, "availableReplicas": ready}
        if workload.kind == "Deployment":
            enough = ready >= max(1, wanted * 3 // 4) or not wanted
            reason = "MinimumReplicasAvailable" if enough else "MinimumReplicasUnavailable"
            set_condition(whole, "Available", str(enough), now, reason)
        self.put(whole)

    def _release(self, workload: Workload, restarted: str = "") -> None:
        """The next revision, kept beside those before it."""
        now = self.clock.now()
        workload.revision += 1
        workload.hash = random_name(f"{workload.name}{workload.revision}", 9)
        whole = self.get(workload.kind, workload.name, workload.namespace)
        made = self.made_from(workload)
        if restarted:
            made["metadata"]["annotations"]["kubectl.kubernetes.io/restartedAt"] = restarted
        whole["spec"]["template"] = made
        about = metadata(f"{workload.name}-{workload.hash}", workload.namespace, now, made["metadata"]["labels"])
        about["ownerReferences"] = owner(workload.kind, workload.name)
        if workload.kind == "Deployment":
            about["annotations"][REVISION] = whole["metadata"]["annotations"][REVISION] = str(workload.revision)
            self.put({"kind": "ReplicaSet", "metadata": about, "spec": {"template": made}, "status": {}})
        else:
            data = {"spec": {"template": made}}
            self.put({"kind": "ControllerRevision", "metadata": about, "revision": workload.revision, "data": data})
        workload.how = ""
        self.replace(workload)


def _is_ready(found: Json) -> bool:
    return any(each["type"] == "Ready" and each["status"] == "True" for each in found["status"]["conditions"])
