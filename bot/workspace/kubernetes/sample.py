"""The cluster of the workspace: three nodes, and on them every service of the shipped configuration."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.workspace.kubernetes.cluster import Cluster

NODES = ("k3s-1", "k3s-2", "k3s-3")
#: What runs beside each service in its namespace, and on which node.
_SERVICES = (
    ("nextcloud", "k3s-2", "nextcloud:31.0.4-apache"),
    ("immich", "k3s-3", "immich-server:v2.1.0"),
    ("mail", "k3s-1", "mailserver:15.1"),
    ("vaultwarden", "k3s-1", "vaultwarden:1.34.3"),
    ("grafana", "k3s-3", "grafana:12.2.0"),
    ("vpn", "k3s-1", "headscale:0.26.1"),
    ("authentik", "k3s-2", "authentik-server:2026.2.1"),
)
#: What is there has been there for so long: what was made just now would look like the cause of whatever breaks.
AGE = timedelta(days=9)


@dataclass(frozen=True)
class _Earlier:
    """A clock as it was by then."""

    clock: Clock

    def now(self) -> datetime:
        """So much earlier."""
        return self.clock.now() - AGE


def sample_cluster(clock: Clock) -> Cluster:
    """A cluster in which all is well, and has been for days, as of the clock's time."""
    cluster = Cluster(_Earlier(clock))
    for name in NODES:
        cluster.node(name)
    for name, node, image in _SERVICES:
        cluster.deploy(name, node=node, image=f"registry.example.org/{image}")
    cluster.deploy("dns", node=NODES, replicas=3, image="registry.example.org/coredns:1.13.1", kind="DaemonSet")
    cluster.deploy("traefik", node=NODES[:2], replicas=2, image="registry.example.org/traefik:v3.5.3")
    for name, namespace in (("nextcloud-db", "nextcloud"), ("authentik-db", "authentik")):
        image = "registry.example.org/postgres:17.6"
        cluster.deploy(name, namespace, node="k3s-2", image=image, kind="StatefulSet")
    cluster.deploy("nextcloud-cache", "nextcloud", node="k3s-3", image="registry.example.org/redis:8.2.1")
    for name in ("nextcloud", "authentik", "traefik"):
        cluster.configure(f"{name}-config", name, by="terraform")
        cluster.configure(f"{name}-credentials", name, "Secret", by="terraform")
    cluster.clock = clock
    cluster.use("k3s-2", 3.1, 11 * 2.0**30)
    return cluster
