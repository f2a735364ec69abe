"""A cluster as agents may read it: by kinds and names that Kubernetes allows, and by nothing that a model makes up."""

import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from agents.runtime.guard import attack
from agents.runtime.tool import AnyTool, Capability, Status
from agents.tools.kubernetes import kubernetes_tools
from bot.adapters.kubernetes import Kubernetes
from bot.errors import Permanent, Refused
from bot.evidence.model import CHANGES
from bot.workspace.kubernetes.objects import PLANTED
from tests.agents.tools.calls import call
from tests.clock import ManualClock
from tests.workspace.kubernetes.kit import World, world

#: What was started or opened while a tool was asked: an audit hook cannot be taken off again, so there is one for all.
_STARTED: list[str] = []
_STARTS = {"subprocess.Popen", "os.exec", "os.posix_spawn", "os.system", "os.fork", "os.forkpty"}
sys.addaudithook(lambda name, args: _STARTED.append(name) if name in _STARTS else None)

#: Tools whose form alone is looked at: their client is asked nothing.
FORMS = {tool.name: tool for tool in kubernetes_tools(Kubernetes(dict))}


@pytest.fixture
async def it(clock: ManualClock) -> AsyncIterator[World]:
    """The sample cluster. At the end: zero writes, and zero secrets read."""
    async with world(clock) as made:
        yield made


@pytest.fixture
def tools(it: World) -> tuple[AnyTool, ...]:
    """All that may be asked of it."""
    return kubernetes_tools(it.client)


@pytest.mark.sockets
async def test_how_things_stand_is_a_line_each(it: World, tools: tuple[AnyTool, ...]) -> None:
    """Pods with where and why, workloads with how many, nodes with their trouble."""
    it.cluster.break_("nextcloud", "oom")
    it.cluster.break_("k3s-3", "memory_pressure")
    pods = await call(tools, "k8s_list", kind="pods", namespace="nextcloud")
    broken = next(each for each in pods.content["items"] if each["ready"] == "0 of 1")
    assert (broken["node"], broken["restarts"], broken["waiting"]) == ("k3s-2", 5, ["CrashLoopBackOff"])
    assert broken["last_ended"] == ["OOMKilled, exit 137, 2026-03-02T14:30:00Z"]
    assert (pods.status, pods.namespace, pods.query) == (Status.OK, "nextcloud", "list pods in nextcloud")
    nodes = await call(tools, "k8s_list", kind="nodes")
    assert [each.get("trouble", [])[:1] for each in nodes.content["items"]] == [
        [],
        [],
        ["MemoryPressure, KubeletHasMemoryPressure, 2026-03-02T14:30:00Z"],
    ]
    deployments = await call(tools, "k8s_list", kind="deployments", selector="app.kubernetes.io/name=nextcloud")
    assert [each["images"] for each in deployments.content["items"]] == [
        ["registry.example.org/nextcloud:31.0.4-apache"]
    ]


@pytest.mark.sockets
@pytest.mark.parametrize("kind", ["pods", "deployments", "jobs", "services", "configmaps", "namespaces"])
async def test_lists_are_short_and_without_what_is_secret(it: World, tools: tuple[AnyTool, ...], kind: str) -> None:
    """Two hundred lines fit into one answer; what was planted is in none, and what is not there is an answer too."""
    it.cluster.deploy("many", replicas=250)
    found = await call(tools, "k8s_list", kind=kind, limit=200)
    text = json.dumps(found.content)
    assert PLANTED not in text
    assert len(text) < 60_000
    assert ("note" in found.content) == (kind == "pods")
    assert found.status is (Status.NOTHING if kind in {"jobs", "services"} else Status.OK)


@pytest.mark.sockets
async def test_one_object_is_shown_with_what_happened_to_it(it: World, tools: tuple[AnyTool, ...]) -> None:
    """A pod, cited as the workload it belongs to; a node; and the sentence where there is none."""
    it.cluster.break_("nextcloud", "not_ready")
    name = it.cluster.workloads["nextcloud"].pods[0]["metadata"]["name"]
    found = await call(tools, "k8s_describe", kind="pods", name=name, namespace="nextcloud")
    assert found.content["events"][0]["times"] == 12
    assert found.content["object"]["spec"]["containers"][0]["env"] == ["DB_PASSWORD", "TZ"]
    assert (found.subject, PLANTED in str(found.content)) == ("deployment/nextcloud", False)
    node = await call(tools, "k8s_describe", kind="nodes", name="k3s-1")
    assert node.subject == "node/k3s-1"
    with pytest.raises(Permanent, match="There is no Pod nobody in nextcloud"):
        await call(tools, "k8s_describe", kind="pods", name="nobody", namespace="nextcloud")
    with pytest.raises(Refused, match="in which namespace"):
        await call(tools, "k8s_describe", kind="pods", name="nobody")


@pytest.mark.sockets
async def test_events_logs_usage_and_revisions_are_read(
    it: World, tools: tuple[AnyTool, ...], clock: ManualClock
) -> None:
    """Each in a form that fits; none of it counts as a change that somebody made just now."""
    it.cluster.roll_out("nextcloud", "registry.example.org/nextcloud:32.0.0")
    it.cluster.break_("nextcloud", "crash_loop")
    it.cluster.log("nextcloud", ["starting", "fatal: password=hunter2hunter2 is wrong"])
    pod = it.cluster.workloads["nextcloud"].pods[0]["metadata"]["name"]
    clock.advance(60)
    events = await call(tools, "k8s_events", namespace="nextcloud")
    assert [(each["reason"], each["times"]) for each in events.content["events"]] == [("BackOff", 5)]
    logs = await call(tools, "k8s_logs", namespace="nextcloud", pod=pod, tail=1)
    assert logs.content["lines"] == ["14:30:01 fatal: password=*** is wrong"]
    assert logs.subject == "deployment/nextcloud"
    top = await call(tools, "k8s_top", what="nodes")
    assert top.content["nodes"][0] == {"name": "k3s-2", "cpu_cores": 3.1, "memory_mib": 11264}
    history = await call(tools, "rollout_history", kind="deployments", name="nextcloud", namespace="nextcloud")
    assert [each["revision"] for each in history.content["revisions"]] == [2, 1]
    nothing = await call(tools, "k8s_events", namespace="mail", name="nobody", warnings=False)
    assert nothing.status is Status.NOTHING
    assert not {each.kind for each in (events, logs, top, history)} & CHANGES


def test_every_tool_reads() -> None:
    """There are six, each with a form that takes nothing unknown, and none that does anything."""
    assert set(FORMS) == {"k8s_list", "k8s_describe", "k8s_events", "k8s_logs", "k8s_top", "rollout_history"}
    assert {tool.capability for tool in FORMS.values()} == {Capability.READ}
    for tool in FORMS.values():
        schema = tool.input.model_json_schema()
        assert schema["additionalProperties"] is False
        text = json.dumps(schema)
        assert "secret" not in text.casefold()
        assert not {"output", "context", "kubeconfig", "server", "command", "as", "raw"} & set(schema["properties"])


@pytest.mark.parametrize(
    "kind", ["pods,secrets", "secrets/db", "-ojsonpath-file=/etc/passwd", "secrets", "Pods", "events"]
)
@pytest.mark.parametrize("tool", ["k8s_list", "k8s_describe", "rollout_history"])
def test_case_1_a_smuggled_kind_is_refused(tool: str, kind: str) -> None:
    """A second kind, a name behind a slash, a flag: no kind but those listed is a kind."""
    with pytest.raises(ValidationError):
        FORMS[tool].input.model_validate({"kind": kind, "name": "a", "namespace": "nextcloud"})


@pytest.mark.parametrize(
    "namespace",
    [
        "-Aojsonpath-file=/var/run/secrets/kubernetes.io/serviceaccount/token",
        "-A",
        "--all-namespaces",
        "nextcloud/secrets",
        "../secrets",
        "nextcloud?labelSelector=x",
        "nextcloud#",
        "NEXTCLOUD",
        "nextcloud\n",
        "\nnextcloud",
        "%2e%2e",
        "nextcloud ",
        "*",
    ],
)
@pytest.mark.parametrize("tool", sorted(FORMS))
def test_case_2_a_namespace_that_is_a_flag_or_a_path_is_refused(tool: str, namespace: str) -> None:
    """In every tool; what the form takes is a namespace and nothing else."""
    honest = {
        "k8s_list": {"kind": "pods"},
        "k8s_describe": {"kind": "pods", "name": "a"},
        "k8s_events": {},
        "k8s_logs": {"pod": "a"},
        "k8s_top": {"what": "pods"},
        "rollout_history": {"kind": "deployments", "name": "a"},
    }[tool]
    FORMS[tool].input.model_validate({**honest, "namespace": "nextcloud"})
    with pytest.raises(ValidationError):
        FORMS[tool].input.model_validate({**honest, "namespace": namespace})


@pytest.mark.parametrize("name", ["x;id", "$(id)", "x\nid", "x\0", "`id`", "x|id", "x && id", "-x", "../x", "x\n"])
@pytest.mark.parametrize(
    ("tool", "field", "rest"),
    [
        ("k8s_describe", "name", {"kind": "pods", "namespace": "mail"}),
        ("k8s_events", "name", {"namespace": "mail"}),
        ("k8s_logs", "pod", {"namespace": "mail"}),
        ("k8s_logs", "container", {"namespace": "mail", "pod": "mail-0"}),
        ("k8s_list", "selector", {"kind": "pods"}),
        ("rollout_history", "name", {"kind": "deployments", "namespace": "mail"}),
    ],
)
@pytest.mark.sockets
async def test_case_3_no_name_is_a_command(
    it: World, tools: tuple[AnyTool, ...], tool: str, field: str, rest: dict[str, str], name: str
) -> None:
    """It is refused, no process is started, and the cluster is asked nothing."""
    _STARTED.clear()
    with pytest.raises(ValidationError):
        await call(tools, tool, **{**rest, field: name})
    assert (_STARTED, it.api.records) == ([], [])


@pytest.mark.sockets
async def test_case_3_and_4_honest_questions_start_no_process_either(
    it: World, tools: tuple[AnyTool, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever KUBECONFIG, PATH and the working folder offer: every tool is answered over the wire, by our cluster."""
    for program in ("kubectl", "kubectl-getx", "sh", "id"):
        (tmp_path / program).write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
        (tmp_path / program).chmod(0o755)
    evil = json.loads(it.kubeconfig.read_text())
    evil["clusters"][0]["cluster"]["server"] = "http://127.0.0.1:1"
    evil["users"][0]["user"] = {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "sh"}}
    for planted in (tmp_path / "config", tmp_path / "kubeconfig"):
        planted.write_text(json.dumps(evil))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    pod = it.cluster.workloads["mail"].pods[0]["metadata"]["name"]
    _STARTED.clear()
    await call(tools, "k8s_list", kind="pods", namespace="mail")
    await call(tools, "k8s_describe", kind="pods", name=pod, namespace="mail")
    await call(tools, "k8s_events")
    await call(tools, "k8s_logs", pod=pod, namespace="mail")
    await call(tools, "k8s_top", what="pods")
    await call(tools, "rollout_history", kind="deployments", name="mail", namespace="mail")
    assert _STARTED == []
    assert len(it.api.records) == 7
    assert not (tmp_path / "ran").exists()


def test_the_spy_sees_a_process() -> None:
    """Otherwise the two tests above would show nothing."""
    import subprocess

    _STARTED.clear()
    subprocess.run([sys.executable, "-c", ""], check=True)
    assert "subprocess.Popen" in _STARTED


@pytest.mark.parametrize(
    ("tool", "arguments", "rule"),
    [
        ("k8s_list", {"kind": "pods,secrets"}, "arguments.secrets"),
        ("k8s_list", {"kind": "-ojsonpath-file=/etc/passwd"}, "arguments.option"),
        ("k8s_list", {"kind": "pods", "namespace": "-Aojsonpath-file=/x"}, "arguments.option"),
        ("k8s_logs", {"namespace": "mail", "pod": "$(id)"}, "arguments.shell"),
        ("k8s_list", {"kind": "pods", "kubeconfig": "/etc/evil"}, "arguments.path"),
        ("k8s_list", {"kind": "pod"}, ""),
        ("k8s_list", {"kind": "pods", "selector": "app = (web"}, ""),
        ("k8s_logs", {"namespace": "mail", "pod": "mail-0", "tail": 5000}, ""),
    ],
)
def test_attacks_are_told_from_mistakes(tool: str, arguments: dict[str, object], rule: str) -> None:
    """Three attacks end a run; a wrong word or number does not count."""
    assert attack(FORMS[tool], arguments) == rule


@given(st.sampled_from(sorted(FORMS)), st.dictionaries(st.text(max_size=12), st.text(max_size=40), max_size=5))
def test_no_arguments_break_a_form(tool: str, arguments: dict[str, str]) -> None:
    """They are taken or refused."""
    try:
        FORMS[tool].input.model_validate(arguments)
    except ValidationError:
        return
    assert set(arguments) <= set(FORMS[tool].input.model_fields)
