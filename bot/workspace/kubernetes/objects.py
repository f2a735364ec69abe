"""Objects as a cluster answers them: pods, workloads, nodes and events, with all that is noise in a real one too."""

import hashlib
import json
from datetime import datetime
from typing import Any

Json = dict[str, Any]
#: The letters that Kubernetes makes names of.
_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
#: In the environment of every container; nothing of ours may ever show it.
PLANTED = "planted-pa55word-7Qx"
RESTARTED = "kubectl.kubernetes.io/restartedAt"
REVISION = "deployment.kubernetes.io/revision"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def stamp(at: datetime) -> str:
    """A time as Kubernetes writes it."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def random_name(seed: str, length: int) -> str:
    """Letters that look random, the same for the same seed."""
    digest = hashlib.sha256(seed.encode()).digest()
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:length])


def uid(seed: str) -> str:
    """A UID, the same for the same seed."""
    found = hashlib.sha256(seed.encode()).hexdigest()
    return f"{found[:8]}-{found[8:12]}-4{found[13:16]}-8{found[17:20]}-{found[20:32]}"


def metadata(name: str, namespace: str, at: datetime, labels: Json | None = None) -> Json:
    """What every object has."""
    made: Json = {
        "name": name,
        "uid": uid(f"{namespace}/{name}/{at}"),
        "creationTimestamp": stamp(at),
        "labels": labels or {},
        "annotations": {},
        "managedFields": [
            {"manager": "kubectl-client-side-apply", "operation": "Update", "apiVersion": "v1", "time": stamp(at)}
        ],
    }
    return made | ({"namespace": namespace} if namespace else {})


def owner(kind: str, name: str, version: str = "apps/v1") -> list[Json]:
    """A reference to whoever made it."""
    return [{"apiVersion": version, "kind": kind, "name": name, "uid": uid(name), "controller": True}]


def template(name: str, image: str, labels: Json) -> Json:
    """What the pods of a workload are made from; a real one has secrets in it, so this has."""
    container: Json = {
        "name": name,
        "image": image,
        "args": ["--config", "/etc/app.yml", f"--admin-password={PLANTED}"],
        "env": [{"name": "DB_PASSWORD", "value": PLANTED}, {"name": "TZ", "value": "UTC"}],
        "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
        "resources": {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"memory": "1Gi"}},
        "readinessProbe": {
            "httpGet": {
                "path": f"/status?token={PLANTED}",
                "port": 8080,
                "httpHeaders": [{"name": "X", "value": PLANTED}],
            },
            "periodSeconds": 10,
        },
    }
    return {"metadata": {"labels": labels, "annotations": {}}, "spec": {"containers": [container]}}


def applied(found: Json) -> None:
    """Give it the annotation that `kubectl apply` leaves: the whole object, secrets and all."""
    whole = {"spec": {"env": PLANTED}, "data": {"password": PLANTED}}
    found["metadata"]["annotations"][LAST_APPLIED] = json.dumps(whole)


def pod(name: str, namespace: str, node: str, made_from: Json, owners: list[Json], at: datetime) -> Json:
    """A pod that runs and is ready."""
    labels = dict(made_from["metadata"]["labels"])
    container = made_from["spec"]["containers"][0]
    found: Json = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata(name, namespace, at, labels) | {"ownerReferences": owners},
        "spec": {**made_from["spec"], "nodeName": node, "serviceAccountName": "default", "restartPolicy": "Always"},
        "status": {
            "phase": "Running",
            "qosClass": "Burstable",
            "startTime": stamp(at),
            "conditions": [condition(each, "True", at) for each in ("PodScheduled", "Initialized", *READY)],
            "containerStatuses": [
                {
                    "name": container["name"],
                    "image": container["image"],
                    "ready": True,
                    "restartCount": 0,
                    "state": {"running": {"startedAt": stamp(at)}},
                    "lastState": {},
                }
            ],
        },
    }
    applied(found)
    return found


#: Both say that a pod may be sent requests.
READY = ("ContainersReady", "Ready")


def condition(kind: str, status: str, at: datetime, reason: str = "", message: str = "") -> Json:
    """One condition of anything."""
    found = {"type": kind, "status": status, "lastTransitionTime": stamp(at), "lastUpdateTime": stamp(at)}
    return found | ({"reason": reason} if reason else {}) | ({"message": message} if message else {})


def set_condition(found: Json, kind: str, status: str, at: datetime, reason: str = "", message: str = "") -> None:
    """Say how it stands now; since when stays, where nothing changed."""
    conditions: list[Json] = found["status"].setdefault("conditions", [])
    new = condition(kind, status, at, reason, message)
    for place, old in enumerate(conditions):
        if old["type"] == kind:
            if old["status"] == status:
                new["lastTransitionTime"] = old["lastTransitionTime"]
                new["lastUpdateTime"] = old["lastUpdateTime"]
            conditions[place] = new
            return
    conditions.append(new)


def node(name: str, at: datetime, cpu: str, memory: str) -> Json:
    """A node that is ready, without pressure."""
    fine = ("KubeletHasSufficientMemory", "KubeletHasNoDiskPressure", "KubeletHasSufficientPID")
    pressures = ("MemoryPressure", "DiskPressure", "PIDPressure")
    room = {"cpu": cpu, "memory": memory, "pods": "110"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": metadata(name, "", at, {"kubernetes.io/hostname": name}),
        "spec": {"providerID": f"k3s://{name}"},
        "status": {
            "conditions": [
                *(condition(each, "False", at, why) for each, why in zip(pressures, fine, strict=True)),
                condition("Ready", "True", at, "KubeletReady", "kubelet is posting ready status"),
            ],
            "capacity": room,
            "allocatable": room,
            "nodeInfo": {"kubeletVersion": "v1.34.2+k3s1", "osImage": "Debian GNU/Linux 13 (trixie)"},
            "images": [{"names": [f"registry.example.org/image-{number}:1"], "sizeBytes": 1} for number in range(50)],
        },
    }


def event(namespace: str, about: Json, reason: str, message: str, at: datetime, number: int) -> Json:
    """A warning about an object; `number` keeps its name its own."""
    name = about["metadata"]["name"]
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": metadata(f"{name}.{number:016x}", namespace, at),
        "type": "Warning",
        "reason": reason,
        "message": message,
        "count": 1,
        "firstTimestamp": stamp(at),
        "lastTimestamp": stamp(at),
        "involvedObject": {
            "kind": about["kind"],
            "name": name,
            "namespace": about["metadata"].get("namespace", ""),
            "uid": about["metadata"]["uid"],
        },
        "source": {"component": "kubelet"},
    }
