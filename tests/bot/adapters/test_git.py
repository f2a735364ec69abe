"""The repository over git's real protocol: a bare remote on this disk, and a stand-in that asks for a password."""

import asyncio
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.adapters.git import Author, Commit, Git
from bot.adapters.git_mirror import Moved
from bot.errors import Permanent, Temporary
from tests.ports import own_port

BRANCH = "master"
AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
HOLDFAST = Author(name="Holdfast", email="holdfast@example.com")


def shell(folder: Path, *argv: str) -> str:
    """Git, as a person uses it."""
    who = ("-c", "user.name=Ana", "-c", "user.email=ana@example.com", "-c", "commit.gpgsign=false")
    return subprocess.run(["git", *who, *argv], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """A bare repository with two commits, and Ana's checkout beside it."""
    bare, checkout = tmp_path / "remote.git", tmp_path / "checkout"
    shell(tmp_path, "init", "-q", "--bare", "-b", BRANCH, str(bare))
    shell(tmp_path, "clone", "-q", str(bare), str(checkout))
    shell(checkout, "checkout", "-q", "-B", BRANCH)
    (checkout / "docs" / "post-mortems").mkdir(parents=True)
    (checkout / "docs" / "post-mortems" / "2026-01-01-é one.md").write_text("one\n")
    (checkout / "docs" / "post-mortems" / "drafts").mkdir()
    (checkout / "docs" / "post-mortems" / "drafts" / "x.md").write_text("x\n")
    (checkout / "main.tf").write_text("resource {}\n")
    shell(checkout, "add", "-A")
    shell(checkout, "commit", "-q", "-m", "first")
    shell(checkout, "push", "-q", "origin", BRANCH)
    return bare


@pytest.fixture
def git(tmp_path: Path, remote: Path) -> Git:
    return Git(tmp_path / "data", str(remote), BRANCH)


def change(**files: bytes | None) -> Commit:
    """Documents by name, with what stands in them."""
    named = {f"docs/post-mortems/{name}.md": content for name, content in files.items()}
    return Commit(message="docs: one more", files=named, at=AT, author=HOLDFAST)


def ana_pushes(remote: Path, name: str, content: str) -> None:
    checkout = remote.parent / "checkout"
    (checkout / name).write_text(content)
    shell(checkout, "add", "-A")
    shell(checkout, "commit", "-q", "-m", f"change {name}")
    shell(checkout, "push", "-q", "origin", BRANCH)


async def test_reading_at_a_commit(git: Git, remote: Path) -> None:
    """Files and names as they stood then, whatever came after; what is not there is None."""
    first = await git.fetch()
    ana_pushes(remote, "docs/post-mortems/two.md", "two\n")
    second = await git.fetch()
    assert await git.names(first, "docs/post-mortems") == ("2026-01-01-é one.md",)
    assert await git.names(second, "docs/post-mortems") == ("2026-01-01-é one.md", "two.md")
    assert await git.read(second, "docs/post-mortems/two.md") == b"two\n"
    assert await git.read(first, "docs/post-mortems/two.md") is None
    assert await git.read(first, "docs/post-mortems") is None
    assert await git.changed(first, second, "docs/post-mortems") == ("docs/post-mortems/two.md",)
    assert await git.changed(first, second, "stacks") == ()


async def test_a_commit_changes_what_it_names_and_nothing_else(git: Git, remote: Path) -> None:
    """Added, changed, taken away; every other file stays; who, when and why are as given."""
    head = await git.fetch()
    old = "docs/post-mortems/2026-01-01-é one.md"
    wanted = Commit(
        message="docs: post-mortem for 2026-03-02 it [ci skip]\n\nHoldfast-Effect: abc",
        files={"docs/post-mortems/new.md": b"new\r\n", old: None},
        at=AT,
        author=HOLDFAST,
    )
    made = await git.commit(head, wanted)
    assert await git.commit(head, wanted) == made
    await git.push(made)
    assert shell(remote, "rev-parse", BRANCH) == made
    listed = shell(remote, "ls-tree", "-r", "--name-only", made).splitlines()
    assert listed == ["docs/post-mortems/drafts/x.md", "docs/post-mortems/new.md", "main.tf"]
    assert await git.read(made, "docs/post-mortems/new.md") == b"new\r\n"
    assert shell(remote, "log", "-1", "--format=%an %ae %aI %s", made) == (
        "Holdfast holdfast@example.com 2026-03-02T15:00:00+00:00 docs: post-mortem for 2026-03-02 it [ci skip]"
    )
    assert await git.find(made, "Holdfast-Effect: abc") == made
    assert await git.find(made, "Holdfast-Effect: a.c") is None
    assert shell(remote.parent / "checkout", "status", "--porcelain") == ""


async def test_a_branch_that_went_on_is_never_forced(git: Git, remote: Path) -> None:
    """The push is refused; made anew on top of what came, it lands, and both changes are there."""
    head = await git.fetch()
    made = await git.commit(head, change(ours=b"ours\n"))
    ana_pushes(remote, "docs/post-mortems/theirs.md", "theirs\n")
    with pytest.raises(Moved):
        await git.push(made)
    anew = await git.commit(await git.fetch(), change(ours=b"ours\n"))
    await git.push(anew)
    assert await git.names(await git.fetch(), "docs/post-mortems") == ("2026-01-01-é one.md", "ours.md", "theirs.md")


async def test_two_replicas_push_at_once(tmp_path: Path, remote: Path) -> None:
    """One lands, the other is told that the branch has moved."""
    ours, others = (Git(tmp_path / name, str(remote), BRANCH) for name in ("a", "b"))
    made = [
        await git.commit(await git.fetch(), change(**{name: b"x"})) for git, name in ((ours, "one"), (others, "two"))
    ]
    ends = await asyncio.gather(ours.push(made[0]), others.push(made[1]), return_exceptions=True)
    assert sorted(type(end).__name__ for end in ends) == ["Moved", "NoneType"]


async def test_a_lock_that_a_killed_git_left_is_taken_away_in_time(tmp_path: Path, remote: Path) -> None:
    """Not while its owner could still be at work."""
    git = Git(tmp_path / "data", str(remote), BRANCH, seconds=30.0)
    await git.fetch()
    ana_pushes(remote, "a.txt", "a")
    lock = tmp_path / "data" / "mirror.git" / "refs" / "heads" / f"{BRANCH}.lock"
    lock.touch()
    with pytest.raises(Temporary):
        await git.fetch()
    os.utime(lock, (1_700_000_000, 1_700_000_000))
    await git.fetch()
    assert not lock.exists()


async def test_a_remote_that_is_away_or_not_there(tmp_path: Path, remote: Path) -> None:
    """What may pass is temporary; what a person has to mend is not."""
    with pytest.raises(Permanent, match="not there"):
        await Git(tmp_path / "a", str(remote), "nosuchbranch").fetch()
    with pytest.raises(Temporary, match="cannot be reached"):
        await Git(tmp_path / "b", f"http://127.0.0.1:{own_port()}/infra.git", BRANCH).fetch()


async def test_a_branch_that_is_protected_says_why(git: Git, remote: Path) -> None:
    """That is no reason to try again: a person has to change something."""
    hook = remote / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    made = await git.commit(await git.fetch(), change(a=b"a"))
    with pytest.raises(Permanent, match="pre-receive hook declined"):
        await git.push(made)


async def test_many_begin_in_one_folder(tmp_path: Path, remote: Path) -> None:
    """Replicas that share a folder, all at their first start; also where it is given from where they stand."""
    for round in range(3):
        all_of_them = [Git(tmp_path / f"data{round}", str(remote), BRANCH, "t0ken-of-ours") for _ in range(4)]
        heads = await asyncio.gather(*(git.fetch() for git in all_of_them), return_exceptions=True)
        assert {type(head) for head in heads} <= {str, Temporary}
        assert len({await git.fetch() for git in all_of_them}) == 1
        assert sorted(path.name for path in (tmp_path / f"data{round}").iterdir()) == [
            "askpass",
            "mirror.git",
            "sweeping",
        ]
