"""The message of a round and the inbox: what is done, what waits, what is for people; within one message."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.change.model import ApprovalState, ChangeState, ItemState, Round, Standing
from bot.incident.search import Found
from bot.views import approval
from bot.views.approval_messages import handed_over, still_waits
from bot.views.home import home
from bot.views.ids import Click
from bot.views.rounds import LINES, PAGE, inbox, round_message
from bot.workspace.slack import validate
from tests.bot.views.changes import STANDINGS, a_change, a_standing, an_approval, an_item, held, pressed
from tests.bot.views.samples import NOW, an_incident
from tests.bot.views.shown import labels, lines
from tests.bot.views.test_messages import check

ROUND = Round(id="round-1", document="2026-11-20-nextcloud.md", began_at=NOW)


def test_a_round_says_what_is_done_waits_and_is_for_people() -> None:
    """Each that waits or is for people can be looked at; what it cost stands below."""
    done = a_standing(
        an_item(id="d", number=1, state=ItemState.DONE), a_change(state=ChangeState.VERIFIED, landed="abc1234f")
    )
    done = done.model_copy(update={"approval": an_approval(state=ApprovalState.USED)})
    failed = a_standing(
        an_item(id="f", number=2, state=ItemState.HELD, reason="It would destroy a database."),
        a_change(state=ChangeState.REFUSED),
        an_approval(state=ApprovalState.SUPERSEDED),
    )
    shown = round_message(ROUND, [done, held(3), failed], 1_250_000)
    told = lines(shown)
    assert told[0] == "*Action items in 2026-11-20-nextcloud.md: 1 done, 1 waiting for a click, 1 for people*"
    assert "✅ *T-1* Alert on a full disk · `abc1234`" in told
    assert "*A-3* Alert on a full disk" in told
    assert "It would destroy a database." in told
    assert told[-1] == "Cost: $1.25"
    assert labels(shown) == ["Look", "Look"]


def test_a_commit_that_has_an_address_is_linked() -> None:
    """Words where there is none."""
    change = a_change(state=ChangeState.VERIFIED, landed="abc1234f", url="https://git.example.com/c/abc1234f")
    done = a_standing(an_item(state=ItemState.DONE), change, an_approval(state=ApprovalState.USED))
    assert "<https://git.example.com/c/abc1234f|abc1234>" in "\n".join(lines(round_message(ROUND, [done, held(3)])))


def test_a_round_of_one_is_its_card() -> None:
    """All of it, with the buttons."""
    assert round_message(ROUND, [a_standing()], 5) == approval.card(a_standing())


def test_nothing_done_is_nothing_said() -> None:
    """An item that only stands there is nobody's news."""
    assert round_message(ROUND, []) is None
    assert round_message(ROUND, [Standing(item=an_item(state=ItemState.QUEUED))]) is None


def test_a_round_of_many_says_how_many_more() -> None:
    """200 of each, within one message."""
    done = [a_standing(an_item(state=ItemState.DONE), a_change(), an_approval(state=ApprovalState.USED))] * 200
    shown = round_message(ROUND, [*done, *(held(n) for n in range(200))])
    assert shown is not None
    check(shown)
    told = lines(shown)
    assert f"and {200 - LINES} more" in told
    assert f"and {200 - LINES} more: `/approve-todo`" in told


def test_the_inbox_is_paged() -> None:
    """The oldest first; each can be looked at."""
    found = [held(n) for n in range(1, 201)]
    first, last = inbox(found), inbox(found, 10**6)
    for shown in (first, last):
        check(shown)
    assert lines(first)[0] == f"*200 action items wait for a click*, the oldest first, page 1 of {200 // PAGE}"
    assert labels(first) == ["Look"] * PAGE + ["Newer"]
    assert labels(last) == ["Look"] * PAGE + ["Older"]
    assert labels(inbox(found, 1))[-2:] == ["Older", "Newer"]
    assert pressed(first, "Look")["value"] == "item-1"


def test_an_empty_inbox_says_so() -> None:
    """And one alone is one."""
    assert inbox([]).text == "Nothing waits for a click."
    assert inbox([held(1)]).text == "1 action item waits for a click"


@settings(deadline=None, max_examples=30, suppress_health_check=list(HealthCheck))
@given(st.lists(STANDINGS, min_size=1, max_size=14))
def test_single_people_are_told_of_anything(found: list[Standing]) -> None:
    """To the owner, and to whoever wanted to be asked again."""
    told = handed_over([each.item for each in found])
    assert told is not None
    check(told)
    check(still_waits(an_approval(), found[0].item))


def test_the_owner_looks_at_each() -> None:
    """Ten at most, with their reasons; the others are counted. Nothing is nobody's news."""
    items = [held(n).item for n in range(1, 13)]
    told = handed_over(items)
    assert labels(told) == ["Look"] * 10
    assert lines(told)[:3] == ["*12 action items need a person*", "*T-1* Alert on a full disk", "It is a decision."]
    assert lines(told)[-1] == "and 2 more: `/postmortem todos`"
    assert handed_over([]) is None


@pytest.mark.parametrize(("waiting", "more"), [(0, ""), (5, ""), (12, "…and 7 more: `/approve-todo`")])
def test_home_shows_what_waits_for_a_click(waiting: int, more: str) -> None:
    """Five at most, above the incidents; whoever has nothing to decide sees nothing of it."""
    incidents = tuple(an_incident(id=f"i{n}", number=n) for n in range(1, 60))
    found = Found(incidents=incidents, older=True, newer=True)
    view = home(found, found, approver=True, waiting=[held(n) for n in range(1, waiting + 1)])
    assert validate.view(view) == []
    told = json.dumps(view, ensure_ascii=False)
    assert ("*Waiting for my click*" in told) is (waiting > 0)
    assert told.count(Click.TODO_LOOK) == min(waiting, 5)
    assert more in told
