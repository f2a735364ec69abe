"""The shape of every kind: which of its fields are read. A field that is not named here goes no further than this."""

from bot.adapters.kubernetes_kinds import KubeKind
from bot.adapters.kubernetes_project import (
    Shape,
    annotations,
    arguments,
    changed,
    message,
    names,
    path,
    scalar,
    scalars,
)

METADATA: Shape = {
    "name": scalar,
    "namespace": scalar,
    "uid": scalar,
    "resourceVersion": scalar,
    "generation": scalar,
    "creationTimestamp": scalar,
    "deletionTimestamp": scalar,
    "labels": scalars,
    "annotations": annotations,
    "ownerReferences": [{"kind": scalar, "name": scalar, "uid": scalar, "controller": scalar}],
}
#: That something changed is evidence; of the rest of it nothing is.
_CHANGED: Shape = {"metadata": {**METADATA, "managedFields": changed}}
_CONDITION: Shape = {
    "type": scalar,
    "status": scalar,
    "reason": scalar,
    "message": message,
    "lastTransitionTime": scalar,
    "lastUpdateTime": scalar,
}
_PROBE: Shape = {
    "httpGet": {"path": path, "port": scalar, "scheme": scalar},
    "tcpSocket": {"port": scalar},
    "initialDelaySeconds": scalar,
    "periodSeconds": scalar,
    "timeoutSeconds": scalar,
    "failureThreshold": scalar,
}
_CONTAINER: Shape = {
    "name": scalar,
    "image": scalar,
    "imagePullPolicy": scalar,
    "command": arguments,
    "args": arguments,
    "env": names,
    "envFrom": [{"configMapRef": {"name": scalar}, "secretRef": {"name": scalar}}],
    "ports": [{"name": scalar, "containerPort": scalar, "protocol": scalar}],
    "resources": {"requests": scalars, "limits": scalars},
    "livenessProbe": _PROBE,
    "readinessProbe": _PROBE,
    "startupProbe": _PROBE,
    "volumeMounts": [{"name": scalar, "mountPath": scalar, "readOnly": scalar}],
}
_VOLUME: Shape = {
    "name": scalar,
    "persistentVolumeClaim": {"claimName": scalar},
    "configMap": {"name": scalar},
    "secret": {"secretName": scalar},
    "nfs": {"server": scalar, "path": scalar},
    "emptyDir": {"sizeLimit": scalar},
    "hostPath": {"path": scalar},
}
_POD_SPEC: Shape = {
    "nodeName": scalar,
    "serviceAccountName": scalar,
    "restartPolicy": scalar,
    "nodeSelector": scalars,
    "priorityClassName": scalar,
    "hostNetwork": scalar,
    "initContainers": [_CONTAINER],
    "containers": [_CONTAINER],
    "volumes": [_VOLUME],
}
_ENDED: Shape = {
    "exitCode": scalar,
    "signal": scalar,
    "reason": scalar,
    "message": message,
    "startedAt": scalar,
    "finishedAt": scalar,
}
_STATE: Shape = {
    "waiting": {"reason": scalar, "message": message},
    "running": {"startedAt": scalar},
    "terminated": _ENDED,
}
_CONTAINER_STATUS: Shape = {
    "name": scalar,
    "image": scalar,
    "ready": scalar,
    "restartCount": scalar,
    "state": _STATE,
    "lastState": _STATE,
}
_TEMPLATE: Shape = {"metadata": {"labels": scalars, "annotations": annotations}, "spec": _POD_SPEC}
_SELECTOR: Shape = {"matchLabels": scalars}
_WORKLOAD_STATUS: Shape = {
    "observedGeneration": scalar,
    "replicas": scalar,
    "readyReplicas": scalar,
    "availableReplicas": scalar,
    "unavailableReplicas": scalar,
    "updatedReplicas": scalar,
    "desiredNumberScheduled": scalar,
    "currentNumberScheduled": scalar,
    "numberReady": scalar,
    "numberAvailable": scalar,
    "numberUnavailable": scalar,
    "updatedNumberScheduled": scalar,
    "currentRevision": scalar,
    "updateRevision": scalar,
    "conditions": [_CONDITION],
}
_WORKLOAD: Shape = {
    "metadata": METADATA,
    "spec": {
        "replicas": scalar,
        "paused": scalar,
        "minReadySeconds": scalar,
        "progressDeadlineSeconds": scalar,
        "strategy": {"type": scalar},
        "updateStrategy": {"type": scalar},
        "selector": _SELECTOR,
        "serviceName": scalar,
        "template": _TEMPLATE,
    },
    "status": _WORKLOAD_STATUS,
}
_BACKEND: Shape = {"service": {"name": scalar, "port": {"number": scalar, "name": scalar}}}
_TARGET: Shape = {"type": scalar, "averageUtilization": scalar, "averageValue": scalar, "value": scalar}
_CURRENT: Shape = {"averageUtilization": scalar, "averageValue": scalar, "value": scalar}

SHAPES: dict[KubeKind, Shape] = {
    KubeKind.PODS: {
        "metadata": METADATA,
        "spec": _POD_SPEC,
        "status": {
            "phase": scalar,
            "reason": scalar,
            "message": message,
            "qosClass": scalar,
            "startTime": scalar,
            "conditions": [_CONDITION],
            "initContainerStatuses": [_CONTAINER_STATUS],
            "containerStatuses": [_CONTAINER_STATUS],
        },
    },
    KubeKind.DEPLOYMENTS: _WORKLOAD,
    KubeKind.STATEFULSETS: _WORKLOAD,
    KubeKind.DAEMONSETS: _WORKLOAD,
    KubeKind.REPLICASETS: _WORKLOAD,
    KubeKind.CONTROLLERREVISIONS: {
        "metadata": METADATA,
        "revision": scalar,
        "data": {"spec": {"template": _TEMPLATE}},
    },
    KubeKind.JOBS: {
        "metadata": METADATA,
        "spec": {"parallelism": scalar, "completions": scalar, "backoffLimit": scalar, "template": _TEMPLATE},
        "status": {
            "active": scalar,
            "succeeded": scalar,
            "failed": scalar,
            "startTime": scalar,
            "completionTime": scalar,
            "conditions": [_CONDITION],
        },
    },
    KubeKind.CRONJOBS: {
        "metadata": METADATA,
        "spec": {"schedule": scalar, "suspend": scalar, "concurrencyPolicy": scalar},
        "status": {"active": [{"name": scalar}], "lastScheduleTime": scalar, "lastSuccessfulTime": scalar},
    },
    KubeKind.NODES: {
        "metadata": METADATA,
        "spec": {"unschedulable": scalar, "taints": [{"key": scalar, "effect": scalar, "timeAdded": scalar}]},
        "status": {
            "conditions": [_CONDITION],
            "capacity": scalars,
            "allocatable": scalars,
            "nodeInfo": {"kubeletVersion": scalar, "osImage": scalar, "kernelVersion": scalar},
        },
    },
    KubeKind.NAMESPACES: {"metadata": METADATA, "status": {"phase": scalar}},
    KubeKind.SERVICES: {
        "metadata": METADATA,
        "spec": {
            "type": scalar,
            "selector": scalars,
            "ports": [{"name": scalar, "port": scalar, "targetPort": scalar, "protocol": scalar}],
        },
    },
    KubeKind.INGRESSES: {
        "metadata": METADATA,
        "spec": {
            "ingressClassName": scalar,
            "rules": [{"host": scalar, "http": {"paths": [{"path": path, "pathType": scalar, "backend": _BACKEND}]}}],
            "tls": [{"hosts": scalars, "secretName": scalar}],
        },
    },
    KubeKind.PERSISTENTVOLUMECLAIMS: {
        "metadata": METADATA,
        "spec": {
            "storageClassName": scalar,
            "accessModes": scalars,
            "volumeName": scalar,
            "resources": {"requests": scalars},
        },
        "status": {"phase": scalar, "capacity": scalars, "conditions": [_CONDITION]},
    },
    KubeKind.HORIZONTALPODAUTOSCALERS: {
        "metadata": METADATA,
        "spec": {
            "minReplicas": scalar,
            "maxReplicas": scalar,
            "scaleTargetRef": {"kind": scalar, "name": scalar},
            "metrics": [{"type": scalar, "resource": {"name": scalar, "target": _TARGET}}],
        },
        "status": {
            "currentReplicas": scalar,
            "desiredReplicas": scalar,
            "lastScaleTime": scalar,
            "currentMetrics": [{"type": scalar, "resource": {"name": scalar, "current": _CURRENT}}],
            "conditions": [_CONDITION],
        },
    },
    KubeKind.EVENTS: {
        "metadata": {"name": scalar, "namespace": scalar, "creationTimestamp": scalar},
        "type": scalar,
        "reason": scalar,
        "message": message,
        "count": scalar,
        "firstTimestamp": scalar,
        "lastTimestamp": scalar,
        "eventTime": scalar,
        "series": {"count": scalar, "lastObservedTime": scalar},
        "involvedObject": {"kind": scalar, "name": scalar, "namespace": scalar, "fieldPath": scalar},
        "source": {"component": scalar, "host": scalar},
    },
    KubeKind.CONFIGMAPS: _CHANGED,
    KubeKind.SECRETS: _CHANGED,
}
