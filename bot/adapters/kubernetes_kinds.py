"""What may be read of a cluster, where each kind lies in its API, and which words may become part of a request."""

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.errors import Refused


class KubeKind(StrEnum):
    """Everything that is read, by its plural name. There is no other way to name a kind."""

    PODS = "pods"
    DEPLOYMENTS = "deployments"
    STATEFULSETS = "statefulsets"
    DAEMONSETS = "daemonsets"
    REPLICASETS = "replicasets"
    CONTROLLERREVISIONS = "controllerrevisions"
    JOBS = "jobs"
    CRONJOBS = "cronjobs"
    NODES = "nodes"
    NAMESPACES = "namespaces"
    SERVICES = "services"
    INGRESSES = "ingresses"
    PERSISTENTVOLUMECLAIMS = "persistentvolumeclaims"
    HORIZONTALPODAUTOSCALERS = "horizontalpodautoscalers"
    EVENTS = "events"
    CONFIGMAPS = "configmaps"
    SECRETS = "secrets"


@dataclass(frozen=True)
class Where:
    """Where a kind lies. `metadata`: nothing but its metadata is ever asked for."""

    version: str
    singular: str
    namespaced: bool = True
    metadata: bool = False


PLACES: dict[KubeKind, Where] = {
    KubeKind.PODS: Where("v1", "Pod"),
    KubeKind.DEPLOYMENTS: Where("apps/v1", "Deployment"),
    KubeKind.STATEFULSETS: Where("apps/v1", "StatefulSet"),
    KubeKind.DAEMONSETS: Where("apps/v1", "DaemonSet"),
    KubeKind.REPLICASETS: Where("apps/v1", "ReplicaSet"),
    KubeKind.CONTROLLERREVISIONS: Where("apps/v1", "ControllerRevision"),
    KubeKind.JOBS: Where("batch/v1", "Job"),
    KubeKind.CRONJOBS: Where("batch/v1", "CronJob"),
    KubeKind.NODES: Where("v1", "Node", namespaced=False),
    KubeKind.NAMESPACES: Where("v1", "Namespace", namespaced=False),
    KubeKind.SERVICES: Where("v1", "Service"),
    KubeKind.INGRESSES: Where("networking.k8s.io/v1", "Ingress"),
    KubeKind.PERSISTENTVOLUMECLAIMS: Where("v1", "PersistentVolumeClaim"),
    KubeKind.HORIZONTALPODAUTOSCALERS: Where("autoscaling/v2", "HorizontalPodAutoscaler"),
    KubeKind.EVENTS: Where("v1", "Event"),
    KubeKind.CONFIGMAPS: Where("v1", "ConfigMap", metadata=True),
    KubeKind.SECRETS: Where("v1", "Secret", metadata=True),
}

#: What Kubernetes itself allows as a name, and as a name without dots.
_LABEL = r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?"
_NAME = rf"{_LABEL}(?:\.{_LABEL}){{0,30}}"
_KEY = r"(?:[a-z0-9](?:[-a-z0-9.]{0,120}[a-z0-9])?/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_VALUE = r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_TERM = rf"(?:!?{_KEY}|{_KEY}(?:=|==|!=){_VALUE}|{_KEY} (?:in|notin) \({_VALUE}(?:,{_VALUE}){{0,9}}\))"
_SELECTOR = rf"{_TERM}(?:,{_TERM}){{0,9}}"
#: The same for a schema, anchored at both ends; those of what may be left out allow an empty text.
NAME_PATTERN, LABEL_PATTERN = rf"^{_NAME}$", rf"^{_LABEL}$"
ANY_NAME_PATTERN, ANY_LABEL_PATTERN, SELECTOR_PATTERN = rf"^(?:{_NAME})?$", rf"^(?:{_LABEL})?$", rf"^(?:{_SELECTOR})?$"


def checked_name(name: str) -> str:
    """A name of something in a cluster, such as `nextcloud-0` or `k3s-2.example.org`. Raises Refused."""
    return _checked(name, _NAME, 253, "the name of something in a cluster")


def checked_namespace(namespace: str) -> str:
    """A namespace or container, such as `nextcloud`. Raises Refused."""
    return _checked(namespace, _LABEL, 63, "the name of a namespace or container")


def checked_selector(selector: str) -> str:
    """A label selector, such as `app=nextcloud,tier!=cache`. Raises Refused."""
    return _checked(selector, _SELECTOR, 500, "a label selector such as app=nextcloud")


def _checked(value: str, pattern: str, longest: int, what: str) -> str:
    if len(value) > longest or not re.fullmatch(pattern, value):
        raise Refused(f"{value[:60]!r} is not {what}.")
    return value
