"""Secrets that stand in whatever is looked at reach no model, and are kept nowhere."""

import logging
import re
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.incident.issue_forms import WHAT
from bot.storage.schema import metadata
from bot.workspace.claude import ToolCall
from bot.workspace.claude.model import Asked, Reply
from bot.workspace.kubernetes.objects import PLANTED
from tests.scenarios import on_github
from tests.scenarios.alertmanager import Alertmanager
from tests.scenarios.published import FOLDER
from tests.scenarios.reading import everything
from tests.scenarios.story import Story
from tests.scenarios.test_secrets import rows

PLACES = ("issue", "comment", "alert", "log", "annotation", "variable", "commit", "document", "message", "label")
#: What all of them have in common, so that one that is left anywhere is seen; and where one of them stands.
CORE = "Qz7Wn4Kp9Rt2"


def secrets(place: str) -> dict[str, tuple[str, str]]:
    """Ten kinds for a place: each as it is written there, on one line, and what of it must not be kept."""
    body = f"{CORE}{place}{'x8Yb5Vd3Lm6' * 3}"
    hidden = f"{CORE}{place}"
    return {
        "slack": (f"xoxb-{body}", hidden),
        "github": (f"ghp_{body}", hidden),
        "jwt": (f"eyJhbGciOiJIUzI1NiJ9.{body}.{body}", hidden),
        "url": (f"postgresql://app:{body}@db.example.com/app", hidden),
        "password": (f"DB_PASSWORD={body}", hidden),
        "bearer": (f"Authorization: Bearer {body}", hidden),
        "json": (f'{{"clientSecret": "{body}"}}', hidden),
        "vault": (f"hvs.{body}", hidden),
        "anthropic": ("sk-" + f"ant-api03-{body}", hidden),
        "pem": (f"-----BEGIN RSA PRIVATE KEY----- {body} -----END RSA PRIVATE KEY-----", hidden),
    }


def planted(place: str) -> str:
    """All ten of a place, in one line."""
    return " ; ".join(text for text, _ in secrets(place).values())


def everything_that_can_be_asked(asked: Asked) -> Reply | None:
    """A model that looks at whatever might hold a secret; then it answers as the workspace's own does."""
    if "tool_result" in asked.raw or not asked.tools:
        return None
    wanted = (
        ToolCall("k8s_list", {"kind": "configmaps", "namespace": "nextcloud"}),
        ToolCall("k8s_describe", {"kind": "deployments", "name": "nextcloud", "namespace": "nextcloud"}),
        ToolCall("k8s_describe", {"kind": "pods", "name": _pod(asked), "namespace": "nextcloud"}),
        ToolCall("k8s_logs", {"pod": _pod(asked), "namespace": "nextcloud"}),
        ToolCall("k8s_events", {"namespace": "nextcloud"}),
        ToolCall("git_log", {"since": "2020-01-01T00:00:00Z"}),
        ToolCall("git_read", {"path": "stacks/nextcloud/planted.tf"}),
        ToolCall("search_documents", {"words": "planted nextcloud"}),
        ToolCall("prometheus_alerts", {}),
    )
    calls = tuple(call for call in wanted if call.name in asked.tools)
    return Reply(text="I look.", tool_calls=calls) if calls else None


def _pod(asked: Asked) -> str:
    """The name of a pod that it was shown."""
    found = re.search(r"nextcloud-[0-9a-z]{8,10}-[0-9a-z]{5}", asked.conversation)
    return found[0] if found else "nextcloud"


async def plant(story: Story) -> None:
    """In the cluster, in git, in Prometheus: where nobody sends it to us."""
    cluster = story.workspace.kubernetes.cluster
    cluster.log("nextcloud", [f"ERROR cannot connect: {planted('log')}"] * 5)
    for pod in cluster.workloads["nextcloud"].pods:
        pod["metadata"].setdefault("annotations", {})["note"] = planted("annotation")
        pod["spec"]["containers"][0]["env"].append({"name": "APP_TOKEN", "value": planted("variable")})
        cluster.event(pod, "Failed", f"planted: {planted('annotation')}")
    labels = {"namespace": "nextcloud", "severity": "warning", "dsn": planted("label")}
    story.workspace.prometheus.fire("NextcloudSlow", labels, {"summary": planted("label")})
    document = (
        f"# planted: nextcloud was down\n\n**Date:** 2026-10-01\n\n## Root cause\n\nnextcloud {planted('document')}\n"
    )
    story.workspace.repository.commit(
        {
            "stacks/nextcloud/planted.tf": f"# planted\n# {planted('commit')}\n",
            f"{FOLDER}/2026-10-01-nextcloud-down.md": document,
        },
        f"nextcloud: planted {planted('commit')}",
    )
    await story.settle()


def kept(story: Story, folder: Path) -> list[str]:
    """Every row of the databases, as it lies on the disk, and everything that the bot has said anywhere."""
    files = [path.read_bytes().decode(errors="replace") for path in folder.iterdir() if ".db" in path.name]
    said = [text for text in everything(story) if not text.startswith("Nextcloud is down")]
    return [*(files or rows(story.bot.settings.database)), *said]


async def rows_beside_documents(story: Story) -> str:
    """Every row of ours but the copies of what lies in git, which are as they are there, byte for byte."""
    found: list[str] = []
    async with story.bot.database.read() as connection:
        for table in metadata.sorted_tables:
            if table.name != "documents":
                found += [str(row) for row in await connection.execute(select(table))]
    return "\n".join(found)


@pytest.mark.models
async def test_ten_kinds_in_ten_places_reach_no_model_and_are_kept_nowhere(
    story: Story, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """An issue, a comment, an alert, a log, an annotation, a variable, a commit, a document, a message, a label."""
    caplog.set_level(logging.INFO)
    claude = story.workspace.claude
    story.workspace.services.break_("nextcloud", "release")
    await plant(story)
    claude.script(everything_that_can_be_asked)
    issue = await on_github.filed(story, "bob", **{WHAT.id: f"502 since noon, {planted('issue')}"})
    incident = await story.newest()
    story.workspace.github.repository.comment("bob", issue.number, f"planted {planted('comment')}")
    await story.settle()
    await Alertmanager(story).fires("NextcloudDown", "nextcloud", f"planted {planted('alert')}")
    await story.person("ana").say(f"@holdfast planted {planted('message')}", "alerts")
    await story.person("ana").slash("/incident", f"update {incident.number} planted {planted('message')}")
    await story.person("ana").slash("/incident", f"investigate {incident.number} why? {planted('message')}")
    await story.follow()
    assert len(claude.asked) > 3
    sent = "\n".join(asked.raw for asked in claude.asked)
    assert "[redacted:" in sent
    assert "cannot connect" in sent
    stored = kept(story, tmp_path)
    assert any("502 since noon" in text for text in stored)
    ours = await rows_beside_documents(story)
    assert "502 since noon" in ours
    everywhere = "\n".join(stored)
    found = {
        (where, place)
        for place in PLACES
        for where, text in (("model", sent), ("rows", ours), ("kept", everywhere), ("log", caplog.text))
        if f"{CORE}{place}" in text and (where, place) != ("kept", "document")
    }
    assert found == set()
    assert not claude.holds(PLANTED)
    assert PLANTED not in everywhere + caplog.text
