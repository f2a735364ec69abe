"""Pull requests of the stand-in, with the bot's own client; merging one really merges."""

from collections.abc import AsyncIterator

import pytest
from github import Github, GithubException

from bot.adapters.github import GitHub
from bot.adapters.github_pulls import Pull
from bot.errors import Permanent, Refused
from bot.workspace.github import LOCAL_TOKEN
from tests.workspace.github.conftest import Site

pytestmark = pytest.mark.sockets

NAME = "ViktorBarzin/infra"
NOBODY = {f"GIT_{role}_{what}": "nobody@example.com" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


@pytest.fixture
async def github(site: Site) -> AsyncIterator[GitHub]:
    made = GitHub(LOCAL_TOKEN, NAME, site.api, timeout=5)
    yield made
    await made.close()


async def test_one_is_opened_found_and_merged(site: Site, github: GitHub) -> None:
    """A merge commit holds both sides; the numbers of issues go on after it."""
    bare = site.github.bare
    bare.commit({"a.txt": "1\n2\n3\n4\n5\n"}, "base")
    bare.commit({"a.txt": "1\n2\n3\n4\nfive\n", "new.txt": "n"}, "work", "holdfast/new", "holdfast-bot")
    work = bare.head("holdfast/new")
    assert work != bare.head()
    assert await github.find_pull("holdfast/new") is None
    made = await github.create_pull("docs: new", "the body", "holdfast/new", "master")
    assert made.number == 1
    assert made.url.endswith(f"/{NAME}/pull/1")
    standing = Pull(number=1, url=made.url, state="open")
    assert await github.find_pull("holdfast/new") == standing == await github.pull(1)
    assert await github.find_pull("holdfast/other") is None
    bare.commit({"a.txt": "one\n2\n3\n4\n5\n"}, "theirs")
    merged = site.github.visitor("ana").merge(1)
    assert await github.pull(1) == Pull(number=1, url=made.url, state="merged")
    assert bare.head() == merged.merge
    assert bare.read("a.txt") == "one\n2\n3\n4\nfive\n"
    assert bare.read("new.txt") == "n"
    assert bare.git("log", "-1", "--format=%an: %s").startswith("ana: Merge pull request #1 from ViktorBarzin/hold")
    assert (await github.create_issue("next", "", [])).number == 2
    assert site.github.surprises == []


async def test_one_that_is_closed_makes_room_for_another(site: Site, github: GitHub) -> None:
    """The newest of a branch is the one that counts."""
    site.github.bare.commit({"new.txt": "n"}, "work", "work")
    await github.create_pull("first", "", "work", "master")
    with pytest.raises(Permanent):
        await github.create_pull("second", "", "work", "master")
    with pytest.raises(Refused):
        site.github.visitor("stranger").close_pull(1)
    site.github.visitor("ana").close_pull(1)
    assert (await github.pull(1)).state == "closed"
    await github.create_pull("second", "", "work", "master")
    found = await github.find_pull("work")
    assert found is not None
    assert (found.number, found.state) == (2, "open")


async def test_the_rest_of_the_routes_and_what_they_refuse(site: Site) -> None:
    """As GitHub does it, with its status and its words."""
    bare = site.github.bare
    bare.commit({"README.md": "ours"}, "ours", "work")
    bare.commit({"README.md": "theirs"}, "theirs")
    root = bare.git("commit-tree", bare.git("rev-parse", "master^{tree}"), "-m", "site", environment=NOBODY)
    bare.git("update-ref", "refs/heads/gh-pages", root)

    def story(client: Github) -> list[str]:
        repository, said = client.get_repo(NAME), []
        pull = repository.create_pull(base="master", head="work", title="it", body="b")
        for wrong in (
            lambda: repository.create_pull(base="master", head="work", title="it", body="b"),
            lambda: repository.create_pull(base="master", head="nowhere", title="it", body="b"),
            lambda: repository.create_pull(base="nowhere", head="work", title="it", body="b"),
            lambda: repository.create_pull(base="work", head="work", title="it", body="b"),
            lambda: repository.create_pull(base="master", head="gh-pages", title="it", body="b"),
            lambda: repository.create_pull(base="master", head="work", title=" ", body="b"),
            pull.merge,
            lambda: repository.get_pull(9).title,
        ):
            with pytest.raises(GithubException) as caught:
                wrong()
            errors = caught.value.data.get("errors") or [{}]
            more = errors[0].get("message") or "{field} {code}".format_map(errors[0] or {"field": "", "code": ""})
            said.append(f"{caught.value.status} {caught.value.data['message']} {more}".strip())
        assert not repository.get_pull(1).merged
        pull.edit(state="closed")
        assert [found.number for found in repository.get_pulls(state="closed")] == [1]
        pull.edit(state="open")
        assert pull.state == "open"
        return said

    assert await site.ask(story) == [
        "422 Validation Failed A pull request already exists for ViktorBarzin:work.",
        "422 Validation Failed head invalid",
        "422 Validation Failed base invalid",
        "422 Validation Failed No commits between work and work",
        "422 Validation Failed The gh-pages branch has no history in common with master",
        "422 Validation Failed title missing_field",
        "405 Pull Request is not mergeable",
        "404 Not Found",
    ]
    bare.commit({"README.md": "ours"}, "agreed")
    merged = await site.ask(lambda client: client.get_repo(NAME).get_pull(1).merge())
    assert (merged.merged, merged.sha) == (True, bare.head())
