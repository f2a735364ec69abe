"""Clicks on changes, as people and others make them: whoever may not changes nothing, and at most one thing happens."""

import asyncio
import json
from datetime import datetime, time, timedelta
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import httpx
import pytest
from sqlalchemy import select

from bot.change.model import Approval, ApprovalState, ChangeState, ItemState
from bot.incident.model import HOLDFAST
from bot.storage.tables import audit
from tests.scenarios import changes as told
from tests.scenarios.reading import delivered_twice
from tests.scenarios.story import Story

ALERT = "Add an alert on full disks"


async def test_promise_once_refused_clicks_change_nothing_and_the_owners_counts_once(
    story: Story, tmp_path: Path
) -> None:
    """Whoever started it, a stranger, a guest, a forged request: refused. Of the owner's many clicks one counts."""
    await told.waiting(story, tmp_path, ALERT, by="bob")
    asked = await told.pending(story, ALERT)
    for name, refusal in (
        ("bob", "You started this change"),
        ("ana", "Only <@U0BOB> or <@U0CARLA> or <@U0VIKTOR> can decide this."),
        ("gina", "Guests cannot do this"),
    ):
        person = story.person(name)
        await person.click("approve.do", "alerts", asked.id)
        await story.settle()
        assert refusal in told.answered(person)
    viktor = story.person("viktor")
    seen = told.button(viktor, "approve.do", asked.id)
    forged = viktor._desk.interactions.action(viktor.person, seen, {}).payload
    async with httpx.AsyncClient() as client:
        reply = await client.post(
            f"http://127.0.0.1:{story.bot.port}/slack/events",
            content=urlencode({"payload": json.dumps(forged)}),
            headers={
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Slack-Request-Timestamp": str(int(story.clock.now().timestamp())),
                "X-Slack-Signature": "v0=" + "0" * 64,
            },
        )
    assert reply.status_code == (503 if story.bot.settings.socket_mode else 401)  # nobody is heard so in Socket Mode
    await story.settle()
    assert await told.pending(story, ALERT) == asked
    twice = delivered_twice(story, "viktor")
    await asyncio.gather(twice.use(seen), viktor.use(seen), story.person("carla").use(seen))
    await story.settle()
    await viktor.use(seen)
    await told.look(story)
    decided = await told.asked(story, await told.item(story, ALERT))
    assert decided is not None
    assert (decided.state, len(decided.agreed)) == (ApprovalState.USED, 1)
    assert (await told.item(story, ALERT)).state is ItemState.DONE
    assert told.applied(tmp_path) == 1
    assert any("was approved" in each.text for each in viktor.ephemerals)
    await _is_traced(story, asked, decided.decided_by)


async def _is_traced(story: Story, asked: Approval, by: str) -> None:
    """Who decided, and what was applied by it, stands in the log once, with the hash of the very plan."""
    assert asked.bound is not None
    async with story.bot.database.read() as connection:
        rows = (await connection.execute(select(audit).order_by(audit.c.number))).mappings().all()
    for act, actor in (("approve", by), ("change_applying", HOLDFAST), ("change_verified", HOLDFAST)):
        found = [row for row in rows if row["act"] == act and row["details"].get("plan") == asked.bound.plan]
        assert [row["actor"] for row in found] == [actor], act


@pytest.mark.proof
async def test_two_people_have_to_agree_where_the_policy_says_so(story: Story, tmp_path: Path) -> None:
    """The first click is kept; the same person's second is none; the second person's lets it be applied, once."""
    await told.waiting(story, tmp_path, ALERT, more="policy: {approve: {alert: {by: [approvers], people: 2}}}")
    asked = await told.pending(story, ALERT)
    viktor, carla = story.person("viktor"), story.person("carla")
    seen = told.button(viktor, "approve.do", asked.id)
    await viktor.use(seen)
    await story.settle()
    assert told.answered(viktor) == "You agreed. 1 more has to."
    await viktor.use(seen)
    await story.settle()
    assert told.answered(viktor) == "You have agreed already. Somebody else has to, too."
    assert (await told.newest(story, ALERT)).state is ChangeState.AWAITING
    await carla.use(seen)
    await told.look(story)
    made = await told.newest(story, ALERT)
    assert (made.state, made.cleared_by) == (ChangeState.VERIFIED, ("U0VIKTOR", "U0CARLA"))
    assert told.applied(tmp_path) == 1


async def test_promise_hold_what_was_allowed_by_somebody_who_may_not_any_more_is_not_applied(
    story: Story, tmp_path: Path
) -> None:
    """One lost the right in the configuration, another's account was closed, between their click and the apply."""
    other = "Add an alert on slow answers"
    await told.waiting(story, tmp_path, ALERT, other)
    await story.restart(only="rest")
    for name, action in (("carla", ALERT), ("bob", other)):
        assert "is approved: exactly this plan is applied." in await told.approve(story, name, action)
    await story.person("bob").change(deleted=True)
    await story.configure("approvers: [U0BOB, U0CARLA]", "approvers: [U0BOB]")
    await told.look(story)
    for action, who in ((ALERT, "<@U0CARLA>"), (other, "<@U0BOB>")):
        item, made = await told.item(story, action), await told.newest(story, action)
        assert (item.state, made.state) == (ItemState.HELD, ChangeState.STALE)
        assert item.reason == f"{who} allowed it, and may not any more."
    assert told.applied(tmp_path) == 0


async def test_no_not_now_and_i_do_it_myself_put_a_plan_away(story: Story, tmp_path: Path) -> None:
    """None of them applies anything; the reason of a no is kept for whoever prepares it next."""
    no, later, mine = ALERT, "Add an alert on slow answers", "Add an alert on lost backups"
    await told.waiting(story, tmp_path, no, later, mine)
    viktor = story.person("viktor")
    for action in (no, later, mine):
        await viktor.slash("/approve-todo", (await told.item(story, action)).key)
        await story.settle()
        if action == no:
            await viktor.click("reject.open")
            assert await viktor.submit({"reason": "Watch the inodes, too."}) is None
        elif action == later:
            await viktor.click("not_now.do")
        else:
            await viktor.click("take_item.do")
        await story.settle()
    for action, state, came_to in (
        (no, ItemState.REJECTED, ChangeState.REFUSED),
        (later, ItemState.HELD, ChangeState.WITHDRAWN),
        (mine, ItemState.TAKEN, ChangeState.WITHDRAWN),
    ):
        assert ((await told.item(story, action)).state, (await told.newest(story, action)).state) == (state, came_to)
    assert (await told.item(story, no)).feedback == ("Watch the inodes, too.",)
    await told.look(story)
    assert told.applied(tmp_path) == 0


@pytest.mark.proof
async def test_a_plan_that_ran_out_is_not_applied_and_planned_again_on_request(story: Story, tmp_path: Path) -> None:
    """By day it waits for somebody; the old button is refused, the new plan's is not."""
    await told.waiting(story, tmp_path, ALERT)
    asked, viktor = await told.pending(story, ALERT), story.person("viktor")
    seen = told.button(viktor, "approve.do", asked.id)
    story.clock.advance(4 * 3600 - 61)
    await told.look(story)
    assert (await told.item(story, ALERT)).state is ItemState.HELD
    await viktor.use(seen)
    await story.settle()
    assert "has run out" in told.answered(viktor)
    await viktor.click("prepare.do", "alerts")
    await told.look(story)
    again = await told.pending(story, ALERT)
    assert again.id != asked.id
    await viktor.use(seen)
    await story.settle()
    assert "another one has taken the place of" in told.answered(viktor)
    assert told.applied(tmp_path) == 0
    assert "is approved" in await told.approve(story, "bob", ALERT)  # who took it up again does not also allow it
    await told.look(story)
    assert (await told.item(story, ALERT)).state is ItemState.DONE
    assert told.applied(tmp_path) == 1


@pytest.mark.proof
async def test_a_plan_that_runs_out_at_night_is_made_anew_once_and_asked_in_the_morning(
    story: Story, tmp_path: Path
) -> None:
    """Of all who may decide everybody sleeps, so that nobody can be blamed; a second time it waits for a person."""
    story.clock.advance(3.5 * 3600)
    await told.waiting(story, tmp_path, ALERT, more="policy: {approve: {alert: {by: [owner]}}}")
    asked, berlin = await told.pending(story, ALERT), ZoneInfo("Europe/Berlin")
    story.clock.advance(4 * 3600)
    await told.look(story)
    one = await told.item(story, ALERT)
    assert (one.state, one.again) == (ItemState.IMPLEMENTING, True)
    morning = datetime.combine(asked.asked_at.astimezone(berlin).date() + timedelta(days=1), time(9), berlin)
    story.clock.advance((morning - story.clock.now()).total_seconds())
    await told.look(story)
    again = await told.pending(story, ALERT)
    assert again.id != asked.id
    assert again.asked_at.astimezone(berlin).hour == 9
    story.clock.advance(4 * 3600)
    await told.look(story)
    one = await told.item(story, ALERT)
    assert (one.state, "Nobody decided in time" in one.reason) == (ItemState.HELD, True)
    assert told.applied(tmp_path) == 0
