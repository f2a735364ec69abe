"""The workspace's infra repository, over git's own protocol with the real client."""

import asyncio
import hashlib
import hmac
import json
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.adapters.git import Git
from bot.adapters.repository import Repository, Write
from bot.errors import Permanent, Temporary
from bot.workspace.faults import Kind
from bot.workspace.github import LOCAL_TOKEN
from bot.workspace.workspace import Workspace
from tests.clock import ManualClock

pytestmark = pytest.mark.sockets

Json = dict[str, Any]  # Any: JSON of any shape
AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
FOLDER = "docs/post-mortems"
NEW = f"{FOLDER}/2026-03-02-new.md"


@pytest.fixture
async def workspace(clock: ManualClock) -> AsyncIterator[Workspace]:
    started = await Workspace.start(clock)
    yield started
    await started.stop()


@dataclass
class Ear:
    """What hears webhooks, as (event, signature holds, payload)."""

    heard: list[tuple[str, bool, Json]] = field(default_factory=list)

    async def hear(self, request: web.Request) -> web.Response:
        body = await request.read()
        signed = hmac.new(b"local-webhook-secret", body, hashlib.sha256).hexdigest()
        good = request.headers["X-Hub-Signature-256"] == f"sha256={signed}"
        self.heard.append((request.headers["X-GitHub-Event"], good, json.loads(body)))
        return web.Response()


@pytest.fixture
async def ear(workspace: Workspace) -> AsyncIterator[Ear]:
    """Somebody who listens to the workspace's webhooks."""
    made = Ear()
    app = web.Application()
    app.router.add_post("/github/webhook", made.hear)
    async with TestServer(app) as server:
        workspace.deliver_to(f"http://127.0.0.1:{server.port}/slack/events")
        yield made


def repository(workspace: Workspace, folder: Path, token: str = LOCAL_TOKEN) -> Repository:
    return Repository(Git(folder, workspace.remote, "master", token), "master", FOLDER)


async def land(repository: Repository, text: str = "# New\n", marker: str = "Effect: 1") -> str:
    async def write(_head: str) -> dict[str, str]:
        return {NEW: text}

    return await repository.land(write, "docs: new", marker, AT)


async def shell(folder: Path, *argv: str) -> tuple[int, str]:
    """Git, as a person uses it: the exit code, and what it said."""
    known = {"PATH": os.environ["PATH"], "GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_GLOBAL": "/dev/null", "HOME": "/"}
    who = ("-c", "user.name=Ana", "-c", "user.email=ana@example.com")
    pipe, merged = asyncio.subprocess.PIPE, asyncio.subprocess.STDOUT
    ran = await asyncio.create_subprocess_exec("git", *who, *argv, cwd=folder, env=known, stdout=pipe, stderr=merged)
    out, _ = await ran.communicate()
    return ran.returncode or 0, out.decode()


async def test_a_person_clones_and_pushes(workspace: Workspace, tmp_path: Path) -> None:
    """With the token as the password; more than one packet, and so much to ask for that git packs the question."""
    branches = [workspace.repository.commit({"a.txt": f"{n}"}, "work", f"branch{n}") for n in range(30)]
    remote = workspace.remote.replace("://", f"://x-access-token:{LOCAL_TOKEN}@")
    assert await shell(tmp_path, "clone", "-q", remote, "infra") == (0, "")
    checkout = tmp_path / "infra"
    assert {(await shell(checkout, "cat-file", "-t", commit))[1] for commit in branches} == {"commit\n"}
    names = sorted(path.name for path in (checkout / FOLDER).iterdir())
    assert names[-1] == "index.md"
    assert len(names) == 3
    (checkout / "large.txt").write_text("\n".join(hashlib.sha256(b"%d" % n).hexdigest() for n in range(50_000)))
    (checkout / "stacks" / "traefik" / "main.tf").unlink()
    await shell(checkout, "add", "-A")
    await shell(checkout, "commit", "-q", "-m", "large")
    assert (await shell(checkout, "push", "-q", "origin", "master"))[0] == 0
    assert workspace.repository.log() == ["large", "All of it"]
    assert "stacks/traefik/main.tf" not in workspace.repository.files()
    assert workspace.repository.read("large.txt") == (checkout / "large.txt").read_text()


async def test_nobody_comes_in_without_the_token(workspace: Workspace, tmp_path: Path) -> None:
    """Neither to read nor to write, and there is no other repository."""
    code, said = await shell(tmp_path, "clone", "-q", workspace.remote, "a")
    assert (code, "could not read Username" in said) == (128, True)
    for token in ("", "wrong-token"):
        with pytest.raises(Permanent, match="refuses Holdfast"):
            await repository(workspace, tmp_path / f"d{token}", token).head()
    other = Git(tmp_path / "o", workspace.remote.replace("infra", "other"), "master", LOCAL_TOKEN)
    with pytest.raises(Permanent, match="not there"):
        await other.fetch()


async def test_the_bots_repository_works_with_it(workspace: Workspace, tmp_path: Path) -> None:
    """Reading, landing once, a branch of its own, and others who push meanwhile."""
    ours = repository(workspace, tmp_path)
    await ours.may_push()
    assert len(await ours.documents(await ours.head())) == 2
    made = await land(ours)
    workspace.repository.commit({NEW: "# Changed\n"}, "theirs", login="ana")
    assert await land(ours) == made
    assert await ours.documents(await ours.head()) == await ours.documents(workspace.repository.head())
    assert workspace.repository.log() == ["theirs", "docs: new", "All of it"]


async def test_many_push_at_once(workspace: Workspace, tmp_path: Path) -> None:
    """Everybody's change is there in the end, and what two were to do is done once."""
    markers = ("Effect: 1", "Effect: 2", "Effect: 3", "Effect: 3")
    replicas = [repository(workspace, tmp_path / str(number)) for number in range(4)]

    def writing(marker: str) -> Write:
        async def write(_head: str) -> dict[str, str]:
            return {f"{marker[-1]}.txt": marker}

        return write

    work = [each.land(writing(marker), marker, marker, AT) for each, marker in zip(replicas, markers, strict=True)]
    made = await asyncio.gather(*work)
    assert made[2] == made[3]
    assert sorted(workspace.repository.log()) == ["All of it", "Effect: 1", "Effect: 2", "Effect: 3"]
    assert {"1.txt", "2.txt", "3.txt"} <= set(workspace.repository.files())


async def test_a_push_is_told(workspace: Workspace, ear: Ear, tmp_path: Path) -> None:
    """Signed, with what moved, from where to where, what it changed and who did it."""
    before = workspace.repository.head()
    made = await land(repository(workspace, tmp_path))
    theirs = workspace.repository.commit({NEW: None, "a.txt": "a", "README.md": "b"}, "theirs\n\nwhy", login="ana")
    branch = workspace.repository.commit({"b.txt": "b"}, "branch", "more/things", "ana")
    await workspace.github.hooks.settle()
    assert [(event, good) for event, good, _ in ear.heard] == [("push", True)] * 3
    first, second, third = (said for _, _, said in ear.heard)
    assert (first["ref"], first["before"], first["after"]) == ("refs/heads/master", before, made)
    assert first["pusher"] == {"name": "holdfast-bot", "email": "holdfast-bot@users.noreply.github.com"}
    assert first["repository"]["full_name"] == "example/infra"
    [commit] = first["commits"]
    assert (commit["id"], commit["added"], commit["modified"]) == (made, [NEW], [])
    assert commit["message"] == "docs: new\n\nEffect: 1"
    [commit] = second["commits"]
    assert commit["id"] == theirs == second["after"]
    assert (commit["added"], commit["modified"], commit["removed"]) == (["a.txt"], ["README.md"], [NEW])
    assert second["sender"]["login"] == "ana"
    assert (third["ref"], third["created"], third["after"]) == ("refs/heads/more/things", True, branch)
    assert [commit["message"] for commit in third["commits"]] == ["branch"]


async def test_a_push_that_changed_nothing_is_not_told(workspace: Workspace, ear: Ear, tmp_path: Path) -> None:
    """Nor is one that was refused."""
    ours = repository(workspace, tmp_path)
    await ours.may_push()
    assert not await workspace.github.hooks.settle()
    assert ear.heard == []


async def test_the_answer_to_a_push_is_lost(workspace: Workspace, ear: Ear, tmp_path: Path) -> None:
    """It has landed and is told; whoever pushed finds it, and it is there once."""
    ours = repository(workspace, tmp_path)
    workspace.faults.add("git", "push", "cut_after_write", times=1)
    with pytest.raises(Temporary, match="cannot be reached"):
        await land(ours)
    assert workspace.repository.log() == ["docs: new", "All of it"]
    assert workspace.repository.head() == await land(ours)
    await workspace.github.hooks.settle()
    assert len(ear.heard) == 1


async def test_the_repository_is_down_or_slow(workspace: Workspace, tmp_path: Path) -> None:
    """Temporary while it lasts; slow is no trouble."""
    ours = repository(workspace, tmp_path)
    kinds: tuple[Kind, ...] = ("refused", "500")
    for kind in kinds:
        workspace.faults.add("git", "*", kind)
        with pytest.raises(Temporary, match=r"cannot be reached: .*[^.]\.$"):
            await ours.head()
        workspace.faults.clear()
    workspace.faults.add("git", "*", "slow", seconds=0.01)
    await land(ours)
    assert workspace.repository.log() == ["docs: new", "All of it"]


async def test_it_is_kept(clock: ManualClock, tmp_path: Path) -> None:
    """With a folder it survives a restart of the workspace, and pull requests with it."""
    for last in (False, True):
        workspace = await Workspace.start(clock, tmp_path / "kept")
        if not last:
            workspace.repository.commit({"a.txt": "a"}, "kept", "work")
            workspace.github.pulls.open("ana", {"title": "it", "head": "work", "base": "master"})
        assert workspace.repository.log("work") == ["kept", "All of it"]
        assert workspace.github.pulls.get(1).title == "it"
        assert workspace.github.visitor("ana").open("an issue").number == 2 + last
        await workspace.stop()
