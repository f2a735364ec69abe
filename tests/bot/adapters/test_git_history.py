"""The repository's past is read whole and safely: neither what is asked nor what stands in it leads elsewhere."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.git import Git
from bot.adapters.git_history import A_FILE, CHANGED, LINE, LINES, GitHistory
from bot.adapters.git_output import PATHS, changes
from bot.adapters.repository import Repository
from bot.errors import Refused, Temporary
from tests.remote import BRANCH, Remote

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
WEB = "https://github.example.com/example/infra"
FILES = {
    "stacks/nextcloud/main.tf": 'resource "deployment" "nextcloud" {\n  memory = "2Gi"\n}\n',
    "stacks/redis/main.tf": 'memory = "1Gi"\n',
    "modules/ingress/main.tf": "host = var.host\n",
    "README.md": "An infra repository\n",
}


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    """Somebody's repository with two stacks and a module."""
    return Remote(tmp_path / "remote.git", FILES)


@pytest.fixture
def history(remote: Remote, tmp_path: Path) -> GitHistory:
    """Its past, as the bot reads it."""
    git = Git(tmp_path / "data", remote.url, BRANCH)
    return Repository(git, BRANCH, "docs/post-mortems", f"{WEB}/blob/{BRANCH}").history()


async def test_the_log_says_what_came_onto_the_branch(remote: Remote, history: GitHistory) -> None:
    """The newest first, with what each changed; of some folders only what touches them; only since then."""
    first = remote.head()
    second = remote.commit({"stacks/redis/main.tf": 'memory = "2Gi"\n'}, "More memory for redis\n\nIt ran out.")
    head = (await history.newest()).commit
    assert head == second
    whole = await history.log(head, LONG_AGO)
    assert [change.commit for change in whole] == [second, first]
    assert (whole[0].title, whole[0].body) == ("More memory for redis", "It ran out.")
    assert whole[0].paths == ("stacks/redis/main.tf",)
    assert set(whole[1].paths) == set(FILES)
    assert [change.commit for change in await history.log(head, LONG_AGO, ["stacks/nextcloud"])] == [first]
    assert await history.log(head, whole[0].at + timedelta(seconds=1)) == ()
    assert await history.log(head, LONG_AGO, ["stacks/unheard-of"]) == ()
    assert len(await history.log(head, LONG_AGO, most=1)) == 1
    for year in (1, 1970, 1971):
        assert len(await history.log(head, datetime(year, 1, 2, tzinfo=UTC))) == 2
    assert await history.log(head, LONG_AGO, until=datetime(1999, 1, 1, tzinfo=UTC)) == ()
    assert await history.log(head, datetime(9999, 1, 1, tzinfo=UTC)) == ()


async def test_a_merge_is_one_change_as_of_when_it_landed(remote: Remote, history: GitHistory) -> None:
    """What was written long before, on another branch, came when it was merged."""
    side = remote.git("commit-tree", f"{remote.head()}^{{tree}}", "-p", remote.head(), "-m", "nothing")
    remote.git("update-ref", "refs/heads/side", side)
    remote.commit({"stacks/redis/main.tf": "a\n"}, "on the side", branch="side")
    remote.commit({"README.md": "b\n"}, "on the branch")
    remote.git("read-tree", "side")
    made = ("commit-tree", remote.git("rev-parse", "side^{tree}"), "-p", remote.head(), "-p", "side", "-m", "merge it")
    merge = remote.git(*made)
    remote.git("update-ref", f"refs/heads/{BRANCH}", merge)
    head = (await history.newest()).commit
    log = await history.log(head, LONG_AGO)
    assert [change.title for change in log] == ["merge it", "on the branch", "first"]
    assert set(log[0].paths) == {"stacks/redis/main.tf", "README.md"}
    shown = await history.show(merge)
    assert "+a" in shown.text


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"[0-9a-f]{40}", fullmatch=True),
            st.integers(0, 2**40),
            st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60),
            st.lists(
                st.tuples(
                    st.sampled_from("AMDT"),
                    st.text(st.characters(exclude_characters="\0\n", exclude_categories=["Cs"]), min_size=1),
                ),
                max_size=3,
            ),
        ),
        max_size=4,
    )
)
def test_whatever_stands_in_messages_and_paths_the_log_is_read_as_it_is(
    wanted: list[tuple[str, int, str, list[tuple[str, str]]]],
) -> None:
    """Only git puts a NUL anywhere."""
    out = ""
    for commit, at, message, paths in wanted:
        out += f"\0\0{commit}\0{at}\0{message}\0\0"
        out += ("\n" if paths else "") + "".join(f"{status}\0{path}\0" for status, path in paths)
    found = changes(out.encode())
    assert [(c.commit, c.message) for c in found] == [(commit, message) for commit, _, message, _ in wanted]
    assert [list(c.paths) for c in found] == [[path for _, path in paths] for *_, paths in wanted]


async def test_what_a_commit_did_is_shown_within_bounds(remote: Remote, history: GitHistory) -> None:
    """Small changes whole, a huge one and what is no text only by name; nothing of a file that holds secrets."""
    first = remote.head()
    made = remote.commit(
        {
            "stacks/nextcloud/main.tf": FILES["stacks/nextcloud/main.tf"].replace("2Gi", "64Mi"),
            "vendor.js": "line\n" * 5000,
            "one-line.js": "x" * 100_000 + "\n",
            "picture.png": "\0\1",
            "terraform.tfvars": "password = hunter2hunter2\n",
            "secrets/db.txt": "hunter3hunter3\n",
        },
        "Less memory",
    )
    await history.newest()
    diff = await history.show(made)
    assert '-  memory = "2Gi"' in diff.text
    assert '+  memory = "64Mi"' in diff.text
    assert "hunter" not in diff.text
    assert set(diff.left_out) == {"vendor.js", "picture.png", "terraform.tfvars", "secrets/db.txt"}
    assert max(map(len, diff.text.splitlines())) <= LINE
    assert diff.change.title == "Less memory"
    assert {file.path: file.added for file in diff.files}["picture.png"] is None
    only = await history.show(made, ["stacks/nextcloud"])
    assert [file.path for file in only.files] == ["stacks/nextcloud/main.tf"]
    assert "+host = var.host" in (await history.show(first)).text


async def test_very_many_files_in_one_commit_are_no_trouble(remote: Remote, history: GitHistory) -> None:
    """Neither empty ones, of which any number fits, nor long ones."""
    files = {f"empty/{'n' * 100}-{n}": "" for n in range(120)} | {f"long/{n}": "w" * 3000 + "\n" for n in range(90)}
    made = remote.commit(files)
    await history.newest()
    diff = await history.show(made)
    assert len(diff.text) <= CHANGED + 100
    assert diff.left_out
    (change, *_) = await history.log(made, LONG_AGO)
    assert (len(change.paths), change.files) == (PATHS, 210)


async def test_a_text_is_found_where_it_stands(remote: Remote, history: GitHistory) -> None:
    """As it is written or as a pattern, in some folders or everywhere, never in what holds secrets."""
    remote.commit({"terraform.tfvars": "memory\n", "many.txt": "memory\n" * 100, "b.bin": "memory\0memory\n"})
    head = (await history.newest()).commit
    found = await history.grep(head, "memory", ["stacks"])
    assert [(match.path, match.line) for match in found] == [
        ("stacks/nextcloud/main.tf", 2),
        ("stacks/redis/main.tf", 1),
    ]
    assert [match.path for match in await history.grep(head, "[12]Gi", regular=True)] == [
        "stacks/nextcloud/main.tf",
        "stacks/redis/main.tf",
    ]
    assert await history.grep(head, "[12]Gi") == ()
    assert len(await history.grep(head, "MEMORY", ["stacks"], case=False)) == 2
    everywhere = await history.grep(head, "memory")
    assert {match.path for match in everywhere} == {"stacks/nextcloud/main.tf", "stacks/redis/main.tf", "many.txt"}
    assert sum(match.path == "many.txt" for match in everywhere) == A_FILE


async def test_a_question_that_takes_too_long_ends(remote: Remote, history: GitHistory, tmp_path: Path) -> None:
    """Its deadline is the bot's own."""
    head = (await history.newest()).commit
    git = Git(tmp_path / "data", remote.url, BRANCH)
    hurried = Repository(git, BRANCH, "docs/post-mortems").history(seconds=0)
    with pytest.raises(Temporary):
        await hurried.grep(head, "memory")


async def test_a_file_is_read_in_parts(remote: Remote, history: GitHistory) -> None:
    """With how long it is; its lines are cut, and a folder is its names."""
    remote.commit({"long.txt": "".join(f"{n}\n" for n in range(1, 1001)), "wide.txt": "w" * 5000})
    head = (await history.newest()).commit
    part = await history.read(head, "long.txt", first=990, most=5)
    assert (part.text, part.first, part.total) == ("990\n991\n992\n993\n994", 990, 1000)
    assert len((await history.read(head, "long.txt", most=10_000)).text.splitlines()) == LINES
    assert (await history.read(head, "long.txt", first=5000)).text == ""
    assert len((await history.read(head, "wide.txt")).text) == LINE
    folder = await history.read(head, "stacks/")
    assert (folder.kind, folder.text) == ("folder", "nextcloud/\nredis/")


async def test_a_branch_that_is_called_like_a_commit_is_none(
    remote: Remote, history: GitHistory, tmp_path: Path
) -> None:
    """Ids are looked up as ids alone."""
    head = (await history.newest()).commit
    remote.git("update-ref", "refs/heads/abcdef1", head)
    await Git(tmp_path / "data", remote.url, "abcdef1").fetch()
    with pytest.raises(Refused):
        await history.commit(head, "abcdef1")


async def test_where_the_remote_is_away_the_past_is_as_it_was_last_seen(remote: Remote, history: GitHistory) -> None:
    """And that is said; where nothing was ever seen, there is nothing to look at."""
    with remote.away(), pytest.raises(Temporary):
        await history.newest()
    seen = (await history.newest()).commit
    with remote.away():
        newest = await history.newest()
        assert newest.commit == seen
        assert newest.sentence.startswith("As last seen")
        assert len(await history.log(seen, LONG_AGO)) == 1


async def test_a_remote_that_hangs_is_not_waited_for(remote: Remote, history: GitHistory, tmp_path: Path) -> None:
    """What was seen before is told soon enough to be of use; where nothing was, that is said."""

    async def hangs() -> str:
        await asyncio.Event().wait()
        raise AssertionError

    mirror = Git(tmp_path / "data", remote.url, BRANCH).hurried(10)
    with pytest.raises(Temporary, match="No answer within"):
        await GitHistory(hangs, mirror, BRANCH, soon=0.05).newest()
    seen = (await history.newest()).commit
    newest = await GitHistory(hangs, mirror, BRANCH, soon=0.05).newest()
    assert (newest.commit, newest.sentence[:12]) == (seen, "As last seen")


def test_pages_for_people_are_known_where_the_web_host_is(history: GitHistory, tmp_path: Path) -> None:
    """A commit's, and a file's as it was in it."""
    assert history.url("1" * 40) == f"{WEB}/commit/{'1' * 40}"
    assert history.url("1" * 40, "a b.md") == f"{WEB}/blob/{'1' * 40}/a%20b.md"
    unknown = Repository(Git(tmp_path / "other", "/srv/infra", BRANCH), BRANCH, "docs").history()
    assert unknown.url("1" * 40) == ""
