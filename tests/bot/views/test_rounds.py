"""The message of a round and the inbox: what is done, what waits, what is for people; within one message."""

from bot.change.model import ApprovalState, ChangeState, ItemState, Round, Standing
from bot.views import approval
from bot.views.rounds import LINES, PAGE, inbox, round_message
from tests.bot.views.changes import a_change, a_standing, an_approval, an_item, held, pressed
from tests.bot.views.samples import NOW
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
