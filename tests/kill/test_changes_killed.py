"""`kill -9` while an action item is carried out: nothing is applied twice; what nobody knows is asked about."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.change.model import ApprovalState, ChangeState
from bot.storage import approvals, changes
from bot.views.ids import Click
from tests.kill.changes import DOCUMENT, Site, action
from tests.kill.harness import PUSH, Death, Phase
from tests.kill.test_kill import PHASES
from tests.kill.verdict import markers
from tests.ports import own_port
from tests.scenarios.published import FOLDER

pytestmark = [pytest.mark.sockets, pytest.mark.timeout(3000)]
#: Where Terraform kills the bot; `both`: Terraform dies with it, in the middle.
APPLYING = ("apply:before", "apply:mid", "apply:both", "apply:after")
COMMANDS = ("init:before", "plan:before", "plan:after", "show:after", *APPLYING, "verify:before", "verify:after")
STATES = (
    *("queued", "implementing", "proposed", "gated", "planned", "awaiting_approval", "cleared", "applying", "applied"),
    *("verified", "landed", "done"),
)
CALLS = (PUSH, "chat.postMessage", "chat.update")
ROWS = 14
UNKNOWN = "nobody knows how far it came"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.proof)])
async def site(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Site]:
    """A running house with a stack and items."""
    server = "" if request.param == "sqlite" else request.getfixturevalue("postgres_server")
    built = await Site.build(tmp_path, server, rows=ROWS)
    keeper = None
    try:
        await built.start(ROWS)
        keeper = asyncio.create_task(built.house.watch_over())
        yield built
    finally:
        if keeper is not None:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)
        await built.house.end()


async def whole(site: Site) -> None:
    """What there is of the item: applied once, one commit, its row done once, every message once, every click used."""
    words, log = action(site.number), site.house.workspace.repository.log()
    assert site.applied().count(f"disk{site.number}.tf") == 1
    assert sum(line.startswith(f"fix(post-mortem): {words} ") for line in log) == 1, log
    text = site.house.workspace.repository.read(f"{FOLDER}/{DOCUMENT}") or ""
    assert text.count(f"| {words} | Alert |  | Done |") == 1, text
    assert [marker for marker, times in markers(site.house).items() if times > 1] == []
    assert await site.broken() == ""
    item, _, _ = await site.stands()
    async with site.house.reading() as (database, _), database.read() as connection:
        asked = await approvals.of_item(connection, item.id)
        made = {each.id: each for each in await changes.of_item(connection, item.id)}
    reached = [made[each.change_id].applied_at for each in asked if each.state is not ApprovalState.USED]
    assert not any(reached), "applied without its approval being used up"


async def killed_in_terraform(site: Site, where: str) -> None:
    """One item with a death in a command, to its end."""
    site.die(where)
    await site.take_up()
    held = await site.carried_out()
    assert site.died(), f"nobody died at {where}"
    if where in APPLYING:
        assert any(UNKNOWN in reason for reason in held), (where, held)
    else:
        assert held == [], where
    await whole(site)


async def killed_in_calls(site: Site, call: str, phase: Phase) -> None:
    """One item with two deaths in calls of one kind, to its end."""
    site.house.killed.clear()
    site.house.deaths = [Death(call, phase), Death(call, phase)]
    await site.take_up()
    held = await site.carried_out()  # a message may be edited in the middle of an apply; no push is made there
    assert all(UNKNOWN in reason for reason in held), held
    assert not (held and call == PUSH), held
    assert call in site.house.killed
    site.house.deaths = []
    await whole(site)


async def test_killed_in_the_middle_of_an_apply(site: Site) -> None:
    """Alone, and Terraform with it: it is said, it is asked, and a click leads on; the same at both pushes."""
    for where in ("apply:mid", "apply:both"):
        await killed_in_terraform(site, where)
    await killed_in_calls(site, PUSH, "mid")


@pytest.mark.proof
@pytest.mark.parametrize("site", ["sqlite"], indirect=True)
async def test_killed_at_every_command(site: Site) -> None:
    """Before, in and after each command that is run for an item."""
    for where in COMMANDS:
        await killed_in_terraform(site, where)


@pytest.mark.proof
@pytest.mark.parametrize("site", ["postgres"], indirect=True)
async def test_killed_at_every_step(site: Site) -> None:
    """As soon as the row of the item or of its change says that it has come so far."""
    for state in STATES:
        before = site.house.kills
        site.number += 1
        killer = asyncio.create_task(site.kill_at(state))
        site.number -= 1
        await site.take_up()
        held = await site.carried_out()
        await killer
        assert site.house.kills > before
        assert all(UNKNOWN in reason for reason in held), (state, held)
        await whole(site)


@pytest.mark.proof
@pytest.mark.parametrize("site", ["sqlite"], indirect=True)
async def test_killed_at_every_call(site: Site) -> None:
    """At pushes before they are done, done but not answered, and right after; at messages where it would show."""
    for call in CALLS:
        for phase in PHASES if call == PUSH else ("mid",):
            await killed_in_calls(site, call, phase)


@pytest.mark.parametrize("site", ["postgres"], indirect=True)
async def test_two_replicas_hear_the_same_click(site: Site, tmp_path: Path) -> None:
    """Both take it, both work: it is applied once."""
    port, folder = own_port(), tmp_path / "second"
    folder.mkdir()
    second = site.house.replica(port, folder)
    await site.house.ready(port)
    await site.take_up()

    async def waits() -> bool:
        _, change, _ = await site.stands()
        return change is not None and change.state is ChangeState.AWAITING and await _sees(site)

    await site.until(waits)
    _, _, asked = await site.stands()
    assert asked is not None
    clicks = []
    for heard_by in (site.house.port, port):
        site.house.deliver(heard_by)
        owner = site.house.workspace.slack.person("viktor")
        clicks.append(asyncio.create_task(owner.click(Click.APPROVE, value=asked.id)))
        await asyncio.sleep(0)
    await asyncio.gather(*clicks)
    site.house.deliver()
    assert await site.carried_out() == []
    second.terminate()
    await second.wait()
    assert (site.tools / "called").read_text().split() == ["called"]
    await whole(site)


async def _sees(site: Site) -> bool:
    item, _, _ = await site.stands()
    return await site.is_said(item.round_id)
