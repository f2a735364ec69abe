"""Services that break and are mended: in the cluster, in Prometheus, on their page and in git, all at once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from bot.errors import NotFound
from bot.workspace.bare import Bare
from bot.workspace.kubernetes.cluster import Cluster
from bot.workspace.prometheus.server import Prometheus
from bot.workspace.targets import Targets

How = Literal["release", "memory", "node"]
#: What can be done to a service, as the panel calls it.
WAYS: dict[How, str] = {
    "release": "A bad release: its new pods do not start",
    "memory": "It runs out of memory, again and again",
    "node": "The node that it runs on is gone",
}
#: Which figure of a service goes up in which way, and to what.
_FIGURES: dict[How, tuple[str, float]] = {"release": ("errors", 38.0), "memory": ("saturation", 99.0)}
_LINES: dict[How, tuple[str, ...]] = {
    "release": (
        "ERROR could not connect to database nextcloud-db:5433: connection refused",
        "ERROR migration 0042 failed: relation oc_share does not exist",
        "FATAL giving up after 5 attempts",
    ),
    "memory": ("WARN worker 7 uses 1.9 GiB of 2 GiB", "ERROR Allowed memory size exhausted"),
    "node": (),
}
_EVER = datetime(2000, 1, 1, tzinfo=UTC)
#: What is usual of each figure.
USUAL = {"errors": 0.2, "saturation": 61.0}


def query(service: str, figure: str) -> str:
    """The PromQL of a service's figure, as the workspace's configuration names it."""
    return f'service_{figure}{{service="{service}"}}'


@dataclass(frozen=True)
class Services:
    """All services of the workspace, and how each is. `broken` is in which way, by name."""

    cluster: Cluster
    prometheus: Prometheus
    targets: Targets
    repository: Bare
    broken: dict[str, How] = field(default_factory=dict)

    def know(self, names: Iterable[str]) -> None:
        """They are there, and well."""
        for name in names:
            self.targets.url(name)
            if name not in self.cluster.workloads:
                self.cluster.deploy(name)
            for figure, usual in USUAL.items():
                self.prometheus.set(query(name, figure), usual)

    def configured(self, name: str) -> dict[str, Any]:
        """What `holdfast.yml` says about a service, so that it is found here."""
        url = self.targets.url(name)
        elsewhere = {"kind": "prometheus", "target": f'probe_success{{instance="{url}"}}', "place": "frankfurt"}
        figures = [{"name": figure, "query": query(name, figure), "figure": figure, "unit": "%"} for figure in USUAL]
        return {
            "namespace": self.cluster.workloads[name].namespace,
            "stack": f"stacks/{name}",
            "probes": [url, elsewhere],
            "metrics": figures,
        }

    def break_(self, name: str, how: How) -> None:
        """From now on it is broken so. Raises NotFound for what is not there, or cannot break so."""
        if name not in self.targets.known or name not in self.cluster.workloads or how not in WAYS:
            raise NotFound(f"There is no service {name} that breaks like that.")
        if name in self.broken:
            self.mend(name)
        if how == "node":
            self.cluster.break_(name, "node_down")
        else:
            self._worse(name, how)
        for each in self._on_the_same(name) if how == "node" else [name]:
            self.targets.down(each, 503)
        self.prometheus.fire(
            f"{name.capitalize()}Down",
            {"severity": "critical", "service": name, "namespace": self.cluster.workloads[name].namespace},
            {"summary": f"{name} does not answer"},
        )
        self.broken[name] = how

    def mend(self, name: str) -> None:
        """It is well again. Raises NotFound where it is not broken."""
        how = self.broken.pop(name, None)
        if how is None:
            raise NotFound(f"{name} is not broken.")
        self.cluster.heal(name)
        for each in self._on_the_same(name) if how == "node" else [name]:
            self.targets.up(each)
        self.prometheus.stop(f"{name.capitalize()}Down")
        if how in _FIGURES:
            figure, _ = _FIGURES[how]
            self.prometheus.set(query(name, figure), USUAL[figure])

    def _worse(self, name: str, how: How) -> None:
        figure, now = _FIGURES[how]
        self.prometheus.set(query(name, figure), now, [(_EVER, USUAL[figure])])
        if how == "release":
            self._released(name)
        self.cluster.break_(name, "crash_loop" if how == "release" else "oom")
        self.cluster.log(name, _LINES[how] * 12)

    def _released(self, name: str) -> None:
        """Somebody pushes a change to its stack, and it is rolled out."""
        version = f"{name}:next-{len(self.cluster.objects['replicasets'])}"
        self.repository.commit(
            {f"stacks/{name}/version.tf": f'locals {{\n  image = "registry.example.org/{version}"\n}}\n'},
            f"{name}: take the new release",
        )
        self.cluster.roll_out(name, f"registry.example.org/{version}")

    def _on_the_same(self, name: str) -> list[str]:
        """Services whose only pods are on its node."""
        node = self.cluster.workloads[name].nodes[0]
        alone = (each for each in self.cluster.workloads.values() if each.nodes == (node,))
        return [each.name for each in alone if each.name in self.targets.known]
