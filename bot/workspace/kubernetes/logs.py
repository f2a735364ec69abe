"""What a pod has written, as a cluster's API hands it out: by age, by lines, by bytes."""

from collections.abc import Mapping
from datetime import timedelta

from aiohttp import web

from bot.workspace.kubernetes.objects import Json
from bot.workspace.kubernetes.state import State


def answer(cluster: State, pod: Json, query: Mapping[str, str]) -> web.Response:
    """The log of a pod's only container, or why there is none."""
    about, node = pod["metadata"], pod["spec"].get("nodeName", "")
    container = pod["spec"]["containers"][0]["name"]
    if query.get("container", container) != container:
        return _no(400, f"container {query['container']} is not valid for pod {about['name']}")
    status = (pod["status"].get("containerStatuses") or [{}])[0]
    previous = query.get("previous") == "true"
    if previous and not (status.get("lastState") or {}).get("terminated"):
        return _no(400, f'previous terminated container "{container}" in pod "{about["name"]}" not found')
    waiting = ((status.get("state") or {}).get("waiting") or {}).get("reason", "")
    if not node or "Image" in waiting:
        return _no(400, f'container "{container}" in pod "{about["name"]}" is waiting to start')
    ready = {each["type"]: each["status"] for each in cluster.get("Node", node)["status"]["conditions"]}
    if ready["Ready"] != "True":
        return _no(500, f"Get https://{node}:10250/containerLogs: dial tcp: i/o timeout")
    written = (cluster.before if previous else cluster.logs)[about["namespace"], about["name"]]
    if "sinceSeconds" in query:
        oldest = cluster.clock.now() - timedelta(seconds=int(query["sinceSeconds"]))
        written = [line for line in written if line[0] >= oldest]
    if "tailLines" in query:
        written = written[-int(query["tailLines"]) :]
    stamped = query.get("timestamps") == "true"
    text = "".join(f"{at:%Y-%m-%dT%H:%M:%S.%f}123Z {line}\n" if stamped else f"{line}\n" for at, line in written)
    body = text.encode()
    return web.Response(body=body[: int(query.get("limitBytes", len(body)))], content_type="text/plain")


def _no(code: int, message: str) -> web.Response:
    return web.json_response({"kind": "Status", "message": message, "code": code}, status=code)
