"""The infra repository as post-mortems see it, against a real one that others push to at the same time."""

import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.adapters.git import Git
from bot.adapters.repository import Repository, Write, open_repository, web_host
from bot.errors import Permanent, Temporary
from bot.postmortem.document.name import SITE_MARK
from bot.settings import Settings
from bot.settings.file import parse
from tests.ports import own_port
from tests.remote import BRANCH, Remote

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
FOLDER = "docs/post-mortems"
ONE = f"{FOLDER}/2026-01-01-one.md"
NEW = f"{FOLDER}/2026-03-02-new.md"
MARKER = "Holdfast-Effect: 1"
MESSAGE = "docs: post-mortem for 2026-03-02 new [ci skip]"


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    return Remote(tmp_path / "infra.git", {ONE: "# One\n", f"{FOLDER}/README.md": "read me\n", "main.tf": "a\n"})


@pytest.fixture
def repository(tmp_path: Path, remote: Remote) -> Repository:
    return replica(tmp_path, remote, "data")


def replica(tmp_path: Path, remote: Remote, name: str) -> Repository:
    """A bot with a mirror of its own."""
    return Repository(Git(tmp_path / name, remote.url, BRANCH), BRANCH, FOLDER)


def writing(files: Mapping[str, str]) -> Write:
    async def write(_head: str) -> Mapping[str, str]:
        return files

    return write


async def test_documents_are_texts_right_in_the_folder(repository: Repository, remote: Remote) -> None:
    """What stands beside them, lies deeper, or is no UTF-8 is none; no folder has none."""
    remote.commit({f"{FOLDER}/drafts/x.md": "x", f"{FOLDER}/index.md": "i", f"{FOLDER}/notes.txt": "n"})
    remote.commit({f"{FOLDER}/two.md": "zwei – ü\r\n", f"{FOLDER}/empty.md": "", f"{FOLDER}/same.md": "# One\n"})
    blob = remote.git("hash-object", "-w", "--stdin", given=b"\xff\xfe")
    remote.git("read-tree", BRANCH)
    remote.git("update-index", "--add", "--cacheinfo", f"100644,{blob},{FOLDER}/broken.md")
    made = remote.git("commit-tree", remote.git("write-tree"), "-p", BRANCH, "-m", "broken")
    remote.git("update-ref", f"refs/heads/{BRANCH}", made)
    head = await repository.head()
    assert head == made
    assert await repository.documents(head) == {
        "2026-01-01-one.md": "# One\n",
        "empty.md": "",
        "same.md": "# One\n",
        "two.md": "zwei – ü\r\n",
    }
    assert await repository.text(head, "main.tf") == "a\n"
    assert await repository.text(head, "nothing.tf") is None
    with pytest.raises(Permanent, match=r"broken\.md is not UTF-8"):
        await repository.text(head, f"{FOLDER}/broken.md")
    assert await repository.has_folder(head)
    remote.commit(dict.fromkeys(path for path in remote.files() if path.startswith("docs")))
    head = await repository.head()
    assert await repository.documents(head) == {}
    assert not await repository.has_folder(head)


async def test_documents_of_many_megabytes_are_read_in_turns(repository: Repository, remote: Remote) -> None:
    """Together they are more than one answer of git may be; what nobody could have written is no document."""
    large = {f"{FOLDER}/{n}.md": f"{n % 10}" * 900_000 for n in range(80)}
    remote.commit(
        large | {f"{FOLDER}/{name}.md": "x" * size for name, size in (("huge", 1_100_000), ("giant", 17_000_000))}
    )
    found = await repository.documents(await repository.head())
    assert sorted(found) == sorted(["2026-01-01-one.md", *(f"{n}.md" for n in range(80))])
    assert all(found[f"{n}.md"] == large[f"{FOLDER}/{n}.md"] for n in range(80))


async def test_what_changed(repository: Repository, remote: Remote) -> None:
    """Names in the folder, also of what is gone; all of them where the earlier commit is not known any more."""
    before = await repository.head()
    remote.commit({f"{FOLDER}/two.md": "2", ONE: None, "main.tf": "b", f"{FOLDER}/drafts/x.md": "x"})
    after = await repository.head()
    assert await repository.changed(before, after) == ("2026-01-01-one.md", "two.md")
    assert await repository.changed(after, after) == ()
    assert await repository.changed("0123456789" * 4, after) == ("README.md", "two.md")


async def test_a_change_lands_once(tmp_path: Path, repository: Repository, remote: Remote) -> None:
    """Asked again, by another process and with other words, it is the same commit."""
    made = await repository.land(writing({NEW: "# New\n"}), MESSAGE, MARKER, AT)
    assert remote.head() == made
    assert await replica(tmp_path, remote, "b").land(writing({NEW: "other"}), MESSAGE, MARKER, AT) == made
    assert remote.read(NEW) == "# New\n"
    assert remote.log() == [MESSAGE, "first"]
    assert remote.git("log", "-1", "--format=%an <%ae> %cn") == (
        "Holdfast <holdfast@users.noreply.github.com> Holdfast"
    )
    assert remote.git("log", "-1", "--format=%B").splitlines() == [MESSAGE, "", MARKER]


async def test_nothing_to_change_is_no_commit(repository: Repository, remote: Remote) -> None:
    """The branch is as it was."""
    head = remote.head()
    assert await repository.land(writing({ONE: "# One\n"}), MESSAGE, MARKER, AT) == head
    assert await repository.land(writing({}), MESSAGE, MARKER, AT) == head
    assert remote.head() == head


async def test_somebody_pushes_meanwhile(repository: Repository, remote: Remote) -> None:
    """What is written is written anew on top of theirs, and both are there."""
    seen: list[str] = []

    async def write(head: str) -> Mapping[str, str]:
        seen.append(head)
        index = await repository.text(head, f"{FOLDER}/index.md") or ""
        if len(seen) == 1:
            remote.commit({f"{FOLDER}/index.md": "theirs\n"}, "theirs")
        return {NEW: "# New\n", f"{FOLDER}/index.md": f"{index}ours\n"}

    made = await repository.land(write, MESSAGE, MARKER, AT)
    assert len(seen) == 2
    assert remote.read(f"{FOLDER}/index.md") == "theirs\nours\n"
    assert (remote.head(), remote.log()) == (made, [MESSAGE, "theirs", "first"])


async def test_somebody_always_pushes_meanwhile(repository: Repository, remote: Remote) -> None:
    """After five times it is left for later; nothing of ours is there."""
    count = 0

    async def write(_head: str) -> Mapping[str, str]:
        nonlocal count
        count += 1
        remote.commit({"main.tf": f"{count}\n"}, "theirs")
        return {NEW: "# New\n"}

    with pytest.raises(Temporary, match="at the same moment"):
        await repository.land(write, MESSAGE, MARKER, AT)
    assert (count, remote.log()) == (5, ["theirs"] * 5 + ["first"])


async def test_a_crash_between_commit_and_push(tmp_path: Path, remote: Remote) -> None:
    """What was made on this disk alone is made again; what had been pushed already is found."""
    remote.refuse()
    with pytest.raises(Permanent):
        await replica(tmp_path, remote, "data").land(writing({NEW: "n"}), MESSAGE, MARKER, AT)
    remote.accept()
    made = await replica(tmp_path, remote, "data").land(writing({NEW: "n"}), MESSAGE, MARKER, AT)
    remote.commit({"main.tf": "b"}, "theirs")
    assert await replica(tmp_path, remote, "data").land(writing({NEW: "n"}), MESSAGE, MARKER, AT) == made
    assert remote.log() == ["theirs", MESSAGE, "first"]


async def test_a_remote_that_refuses_or_is_away(repository: Repository, remote: Remote) -> None:
    """A person has to mend the one; the other passes."""
    await repository.may_push()
    remote.refuse()
    with pytest.raises(Permanent, match="pre-receive hook declined"):
        await repository.land(writing({NEW: "n"}), MESSAGE, MARKER, AT)
    remote.accept()
    with remote.away(), pytest.raises(Temporary, match="cannot be reached"):
        await repository.land(writing({NEW: "n"}), MESSAGE, MARKER, AT)
    await repository.land(writing({NEW: "n"}), MESSAGE, MARKER, AT)
    assert remote.log() == [MESSAGE, "first"]


async def test_a_remote_that_does_not_answer(tmp_path: Path) -> None:
    """It may again, later."""
    git = Git(tmp_path / "data", f"http://127.0.0.1:{own_port()}/infra.git", BRANCH)
    away = Repository(git, BRANCH, FOLDER)
    for asked in (away.head(), away.land(writing({}), MESSAGE, MARKER, AT), away.may_push()):
        with pytest.raises(Temporary, match="cannot be reached"):
            await asked


async def test_a_proposal_has_a_branch_of_its_own(repository: Repository, remote: Remote) -> None:
    """From the newest commit; the main branch stays; again it is the same, and what is new goes on top."""
    made = await repository.propose("holdfast/new", writing({NEW: "n"}), MESSAGE, MARKER, AT)
    assert remote.head("holdfast/new") == made
    assert await repository.propose("holdfast/new", writing({NEW: "m"}), MESSAGE, MARKER, AT) == made
    remote.commit({NEW: "a person's words"}, "theirs", "holdfast/new")
    await repository.propose(
        "holdfast/new", writing({f"{FOLDER}/index.md": "i"}), "docs: more", "Holdfast-Effect: 2", AT
    )
    assert remote.log("holdfast/new") == ["docs: more", "theirs", MESSAGE, "first"]
    assert remote.read(NEW, "holdfast/new") == "a person's words"
    assert remote.log() == ["first"]
    with pytest.raises(Permanent, match="branch of its own"):
        await repository.propose(BRANCH, writing({}), MESSAGE, MARKER, AT)


async def test_the_site_has_a_branch_of_its_own(repository: Repository, remote: Remote) -> None:
    """A first commit without a past, then the whole of it anew on top, and nothing where nothing changes."""
    site = {SITE_MARK: "", "index.html": "<p>1", "one.html": "é"}
    first = await repository.replace_branch("gh-pages", site, "site", AT)
    assert remote.files("gh-pages") == [SITE_MARK, "index.html", "one.html"]
    assert remote.log("gh-pages") == ["site"]
    assert await repository.replace_branch("gh-pages", site, "site again", AT) == first == remote.head("gh-pages")
    remote.commit({"CNAME": "x"}, "theirs", "gh-pages")
    later = {SITE_MARK: "", "index.html": "<p>2", "sub/two.html": "2"}
    await repository.replace_branch("gh-pages", later, "site again", AT)
    assert remote.files("gh-pages") == [SITE_MARK, "index.html", "sub/two.html"]
    assert remote.log("gh-pages") == ["site again", "theirs", "site"]
    assert remote.read("index.html", "gh-pages") == "<p>2"
    assert remote.log() == ["first"]


async def test_a_branch_that_is_somebody_elses_is_left_alone(repository: Repository, remote: Remote) -> None:
    """It has no mark of ours; nor does the main branch ever become a site."""
    theirs = remote.commit({"index.html": "their site"}, "theirs", "gh-pages")
    for branch in ("gh-pages", BRANCH):
        with pytest.raises(Permanent):
            await repository.replace_branch(branch, {SITE_MARK: "", "index.html": "1"}, "site", AT)
    assert (remote.head("gh-pages"), remote.log()) == (theirs, ["first"])


def git(*argv: str) -> None:
    """As a person at a terminal."""
    subprocess.run(("git", *argv), check=True, capture_output=True)


def settings(tmp_path: Path, text: str, **environment: str) -> Settings:
    return Settings.model_validate({"data": tmp_path / "data", "file": parse(text, "x")} | environment)


async def test_a_checkout_is_only_asked_where_it_came_from(tmp_path: Path, remote: Remote) -> None:
    """Its own changes, its index and its branch stay as they are, while the bot lands a commit."""
    checkout = tmp_path / "checkout"
    git("clone", "-q", remote.url, str(checkout))
    (checkout / "main.tf").write_text("half done")
    (checkout / ONE).unlink()

    def stand() -> dict[str, tuple[bytes, int]]:
        files = (path for path in checkout.rglob("*") if path.is_file())
        return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}

    before = stand()
    repository = await open_repository(settings(tmp_path, f"repository: {{path: {checkout}}}"))
    assert repository is not None
    await repository.land(writing({NEW: "n"}), MESSAGE, MARKER, AT)
    assert remote.log() == [MESSAGE, "first"]
    assert stand() == before
    assert len(list((tmp_path / "data" / "repositories").iterdir())) == 1


async def test_without_a_repository_there_is_none(tmp_path: Path) -> None:
    """A folder that is no checkout, and an address with a password, are told in words."""
    assert await open_repository(settings(tmp_path, "")) is None
    with pytest.raises(Permanent, match="no checkout with an origin"):
        await open_repository(settings(tmp_path, f"repository: {{path: {tmp_path}/none}}"))
    git("init", "-q", str(tmp_path / "c"))
    there = "https://x-access-token:abc@github.com/example/infra"
    git("-C", str(tmp_path / "c"), "remote", "add", "origin", there)
    with pytest.raises(Permanent, match="belongs into the environment"):
        await open_repository(settings(tmp_path, f"repository: {{path: {tmp_path}/c}}"))


@pytest.mark.parametrize(
    ("remote", "api", "given"),
    [
        ("https://github.com/example/infra.git", "https://api.github.com", True),
        ("https://github.com.example.com/example/infra.git", "https://api.github.com", False),
        ("https://git.example.com/ops/infra.git", "https://git.example.com/api/v3", True),
        ("https://git.example.com/ops/infra.git", "https://api.github.com", False),
        ("ssh://git@github.com/example/infra.git", "https://api.github.com", False),
        ("https://github.com/example/infra.git", "https://git.example.com/api/v3", False),
    ],
)
async def test_the_token_goes_to_github_alone(tmp_path: Path, remote: str, api: str, *, given: bool) -> None:
    """Which is where its REST API is asked; nobody else is told."""
    known = settings(tmp_path, f"repository: {{remote: {remote}}}", github_token="t0ken-of-ours", github_api_url=api)
    made = await open_repository(known)
    assert made is not None
    assert (made._git._mirror._token == "t0ken-of-ours") == given


async def test_addresses_for_people(tmp_path: Path) -> None:
    """On GitHub's pages, or on those of the server whose REST API is asked."""
    text = "repository: {remote: https://github.com/example/infra.git, branch: main}"
    repository = await open_repository(settings(tmp_path, text, github_repository="example/infra"))
    assert repository is not None
    assert repository.url("a b.md") == "https://github.com/example/infra/blob/main/docs/post-mortems/a%20b.md"
    nowhere = await open_repository(settings(tmp_path, text))
    assert nowhere is not None
    assert nowhere.url("a.md") == ""
    assert web_host("http://127.0.0.1:8065/github/api/v3") == "http://127.0.0.1:8065"
    assert web_host("https://api.example.ghe.com") == "https://example.ghe.com"
