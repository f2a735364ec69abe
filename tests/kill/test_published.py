"""`kill -9` while a post-mortem is published: one commit, one comment, one change of labels, wherever the bot dies."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from bot.incident.model import Incident
from bot.incident.postmortem_state import PostmortemState
from bot.workspace.slack.people import Actor
from tests import postgres
from tests.kill.harness import PUSH, Death, House, Phase
from tests.kill.people import fill, incident, reported, shortly, typed
from tests.kill.test_kill import PHASES, QUICK
from tests.kill.verdict import verdict
from tests.ports import own_port
from tests.scenarios.published import FOLDER
from tests.scenarios.story import GOOD

pytestmark = [pytest.mark.sockets, pytest.mark.timeout(3000)]
COMMENT = "POST /repos/example/infra/issues/1/comments"
LABEL, UNLABEL = (f"{verb} /repos/example/infra/issues/1/labels" for verb in ("POST", "DELETE"))


@pytest.fixture(params=["sqlite", "postgres"])
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    """A running installation with the workspace's repository."""
    url = "" if request.param == "sqlite" else postgres.fresh_database(request.getfixturevalue("postgres_server"))
    built = await House.build(tmp_path, url, "http", own_port())
    config = tmp_path / "holdfast.yml"
    config.write_text(f"{config.read_text()}\nrepository: {{remote: {built.workspace.remote!r}}}\n")
    built.timing["HOLDFAST_HTTP_TIMEOUT"] = "2"  # git starts processes, which takes a while on a busy machine
    built.timing["HOLDFAST_SETTLE"] = "2.5"
    built.start()
    await built.ready()
    keeper = asyncio.create_task(built.watch_over())
    yield built
    keeper.cancel()
    await asyncio.gather(keeper, return_exceptions=True)
    await built.end()


async def resolved(house: House) -> None:
    """A major one is over, and its draft is there."""
    ana, bob = house.workspace.slack.person("ana"), house.workspace.slack.person("bob")
    await reported(house, ana, 0, GOOD)

    def led(incident: Incident) -> bool:
        return incident.lead == bob.id

    await house.until(lambda: typed(house, bob, "lead 1", 1, led))
    await fill(house, bob, "resolve 1", {"fix": "Restarted the database.", "cause": "Disk full."})

    async def over() -> bool:
        return (await incident(house, 1)).postmortem is PostmortemState.DRAFT

    await house.until(over)
    await house.settled(1)


async def published(house: House) -> None:
    """Somebody publishes it, again and again, as people do who see it fail."""
    bob = house.workspace.slack.person("bob")

    async def is_out() -> bool:
        return (await incident(house, 1)).postmortem is PostmortemState.PUBLISHED

    async def attempt() -> bool:
        now = await incident(house, 1)
        if now.postmortem is PostmortemState.DRAFT and not now.publishing:
            if bob.view is not None:
                await bob.close_view(everything=True)
            answer = await bob.slash("/postmortem", "publish 1")
            assert "not a valid command" not in answer.error
            if await shortly(partial(_has_form, bob)):
                await bob.submit({})
        return await shortly(is_out)

    await house.until(attempt)
    await house.settled(1)


async def _has_form(person: Actor) -> bool:
    view = person.view
    return view is not None and view.body.get("callback_id") == "publish.form"


def _whole(house: House) -> None:
    """One commit with one document and its row, one comment, the labels once each."""
    repository, issue = house.workspace.repository, house.workspace.github.repository.issues[1]
    assert sum(line.startswith("docs: post-mortem for ") for line in repository.log()) == 1
    added = [path for path in repository.files() if path.startswith(FOLDER) and "nextcloud-502" in path]
    assert len(added) == 1, repository.files()
    name = added[0].rpartition("/")[2]
    assert (repository.read(f"{FOLDER}/index.md") or "").count(f"({name})") == 1
    assert sum("**Post-mortem:**" in comment.body for comment in issue.comments) == 1
    assert issue.labels.count("postmortem-done") == 1
    assert "postmortem-required" not in issue.labels


@pytest.mark.parametrize("phase", QUICK)
async def test_killed_while_it_is_published(house: House, phase: Phase) -> None:
    """At the push, at the comment, and at the labels."""
    await resolved(house)
    house.kills = 0
    house.deaths = [Death(call, phase) for call in (PUSH, COMMENT, LABEL, UNLABEL)]
    await published(house)
    assert house.killed[0] == PUSH
    assert house.kills >= 3
    _whole(house)
    assert await verdict(house) == []


@pytest.mark.parametrize("house", ["postgres"], indirect=True)
async def test_two_replicas_publish_at_the_same_moment(house: House, tmp_path: Path) -> None:
    """Two people click, each heard by another replica; both look at the repository: one commit, one of everything."""
    await resolved(house)
    port, folder = own_port(), tmp_path / "second"
    folder.mkdir()
    second = house.replica(port, folder)
    await house.ready(port)
    people = [house.workspace.slack.person(name) for name in ("bob", "viktor")]
    for person in people:
        await person.slash("/postmortem", "publish 1")
        await house.until(partial(shortly, partial(_has_form, person)))
    clicks = []
    for person, heard_by in zip(people, (house.port, port), strict=True):
        house.deliver(heard_by)
        clicks.append(asyncio.create_task(person.submit({})))
        await asyncio.sleep(0)
    await asyncio.gather(*clicks)

    async def is_out() -> bool:
        return (await incident(house, 1)).postmortem is PostmortemState.PUBLISHED

    await house.until(partial(shortly, is_out))
    await house.settled(1)
    house.deliver()
    second.terminate()
    await second.wait()
    _whole(house)
    assert await verdict(house) == []


@pytest.mark.proof
@pytest.mark.parametrize("phase", PHASES)
async def test_killed_at_every_call_of_publishing(house: House, phase: Phase) -> None:
    """Each outside call between the click and the last notice."""
    await resolved(house)
    house.calls.clear()
    house.kills = 0
    house.deaths = [Death(place, phase) for place in range(1, 40, 2)]
    await published(house)
    house.deaths = []
    assert house.kills >= 4
    _whole(house)
    assert await verdict(house) == []
