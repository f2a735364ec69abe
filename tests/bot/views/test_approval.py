"""The card of one change, whatever it says: Slack takes it, three lines suffice, and every state says what it is."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.change.model import ApprovalState, Ask, ChangeState, ItemState, Round, Standing
from bot.postmortem.model import Kind
from bot.views import approval
from bot.views.forms.parts import Memory
from bot.views.rounds import inbox, round_message
from bot.workspace.slack import limits, validate
from tests.bot.views.changes import STANDINGS, a_change, a_standing, an_approval, an_item, held, pressed
from tests.bot.views.samples import NOW
from tests.bot.views.shown import labels, lines, texts
from tests.bot.views.test_messages import check

HOSTILE = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
ROUND = Round(id="round-1", document="2026-11-20-nextcloud.md", began_at=NOW)
HERE = Memory(channel="C0ROOM")


@HOSTILE
@given(st.lists(STANDINGS, max_size=9), st.integers(0, 10**9))
def test_whatever_a_change_says_slack_takes_it(found: list[Standing], cost: int) -> None:
    """The card and the message of a round keep within a message, and nobody is called."""
    for each in found[:2]:
        check(approval.card(each))
    check(inbox(found))
    told = round_message(ROUND, found, cost)
    if told is not None:
        check(told)


@HOSTILE
@given(STANDINGS)
def test_every_page_of_anything_is_a_view(standing: Standing) -> None:
    """The first, the last, and one that is not there."""
    for page in (-1, 0, 1, 10**6):
        view = approval.modal(standing, page, HERE)
        assert validate.view(view) == []
        assert len(json.dumps(view)) < limits.VIEW_BYTES
        assert "<!channel>" not in json.dumps(view)
        list(texts(view["blocks"]))


def test_three_lines_say_it_on_a_phone() -> None:
    """What, how far it reaches, and how it is taken back; then who may, until when, and which plan."""
    shown = approval.card(a_standing())
    said = lines(shown)
    assert said[:3] == [
        "*A-57 · T-31* Alert on a full disk",
        (
            "*Reaches* *stacks/nextcloud*, 3 resources: 1 new, 2 changed "
            "(`terraform_data.alert`, `terraform_data.web`, `terraform_data.db`)"
        ),
        "*Way back* Remove the rule again.",
    ]
    told = "\n".join(said)
    for words in ("✋ Changes wait for a click.", "<@U0VIKTOR>, <@U0ANA>", "plan `01234567`", "asked by <@U0ANA>"):
        assert words in told
    assert "until <!date^" in told
    assert shown.text == "A-57 waits for a click. T-31: Alert on a full disk"
    assert labels(shown) == [
        "Approve",
        "Read all of it",
        "Reject",
        "I'll do it myself",
        "Not now",
        "Ask me at 9",
    ]


def test_buttons_hold_ids_and_yes_is_asked_once_more() -> None:
    """What exactly is approved stands in the row alone; the dialog says how far it reaches."""
    shown = approval.card(a_standing())
    yes = pressed(shown, "Approve")
    assert yes["value"] == "approval-57"
    assert "stacks/nextcloud, 3 resources: 1 new, 2 changed" in yes["confirm"]["text"]["text"]
    values = {label: pressed(shown, label)["value"] for label in labels(shown)}
    assert set(values.values()) == {"approval-57", "item-31"}


def test_plan_and_diff_are_shown_masked() -> None:
    """Attributes by name; what was masked stays so."""
    told = "\n".join(lines(approval.card(a_standing())))
    for words in ("+ create terraform_data.alert", "    token: •••", "4 unchanged", "+  for = 5"):
        assert words in told


@pytest.mark.parametrize(
    ("ask", "label"), [(Ask.PREPARE, "Prepare it"), (Ask.INVESTIGATE, "Look into it"), (Ask.DRAFT, "Draft it")]
)
def test_what_is_asked_first_says_what_comes_of_it(ask: Ask, label: str) -> None:
    """Without a change there is nothing to read, and no plan to compare."""
    standing = held(31)
    asked = an_approval(ask=ask, bound=None, expires_at=None, change_id="")
    shown = approval.card(standing.model_copy(update={"approval": asked}))
    assert labels(shown) == [label, "Reject", "I'll do it myself", "Not now", "Ask me at 9"]
    assert "It waits because: It is a decision." in "\n".join(lines(shown))
    assert pressed(shown, label)["confirm"]["confirm"]["text"] == label


def test_without_a_type_a_person_sets_it_first() -> None:
    """It cannot be approved as it is."""
    shown = approval.card(held(31, kinds=(), type=""))
    assert labels(shown)[0] == "Set its type"
    assert "Prepare it" not in labels(shown)
    assert pressed(shown, "Set its type")["value"] == "item-31"


def test_once_decided_it_says_who_when_and_what() -> None:
    """There is nothing to press but to read it."""
    asked = an_approval(
        state=ApprovalState.USED, decided_by="U0VIKTOR", agreed=("U0VIKTOR", "U0BOB"), decided_at=NOW, people=2
    )
    shown = approval.card(a_standing(change=a_change(state=ChangeState.APPLYING), approval=asked))
    told = "\n".join(lines(shown))
    assert "✅ Approved by <@U0VIKTOR>, <@U0BOB> <!date^" in told
    assert "plan `01234567` · A-57" in told
    assert "It is being applied." in told
    assert labels(shown) == ["Read all of it"]


def test_a_rejection_says_why() -> None:
    """Once, with who said no; it can be taken up again."""
    asked = an_approval(state=ApprovalState.REJECTED, decided_by="U0BOB", decided_at=NOW, reason="Too low")
    item = an_item(state=ItemState.REJECTED, reason="<@U0BOB> said no: Too low")
    told = lines(approval.card(a_standing(item, a_change(state=ChangeState.REFUSED), asked)))
    assert sum("Too low" in line for line in told) == 1
    assert any(line.startswith("🚫 Rejected by <@U0BOB>") for line in told)


@pytest.mark.parametrize(
    ("state", "item", "words", "can"),
    [
        (ChangeState.APPLIED, ItemState.IMPLEMENTING, "whether it shows is looked at", []),
        (ChangeState.VERIFIED, ItemState.IMPLEMENTING, "It is applied, and not in git yet.", []),
        (ChangeState.FAILED, ItemState.FAILED, "did not work", ["Plan again", "I'll do it myself"]),
        (
            ChangeState.UNKNOWN,
            ItemState.HELD,
            "Holdfast stopped while it was applied.",
            ["Plan again", "I'll do it myself", "Take it back"],
        ),
        (
            ChangeState.UNVERIFIED,
            ItemState.FAILED,
            "does not show",
            ["Plan again", "I'll do it myself", "Take it back"],
        ),
        (ChangeState.STALE, ItemState.HELD, "The world moved", ["Plan again", "I'll do it myself"]),
    ],
)
def test_how_it_stands_is_said(state: ChangeState, item: ItemState, words: str, can: list[str]) -> None:
    """And what can be done about it."""
    asked = an_approval(state=ApprovalState.USED, decided_by="U0VIKTOR", decided_at=NOW)
    shown = approval.card(a_standing(an_item(state=item), a_change(state=state), asked))
    assert words in "\n".join(lines(shown))
    assert labels(shown) == [*can, "Read all of it"]


def test_one_that_ran_out_can_be_planned_again() -> None:
    """Nobody decided in time."""
    asked = an_approval(state=ApprovalState.EXPIRED, decided_at=NOW)
    shown = approval.card(a_standing(an_item(state=ItemState.HELD), a_change(state=ChangeState.STALE), asked))
    assert "Nobody decided in time" in "\n".join(lines(shown))
    assert "Plan again" in labels(shown)


def test_while_something_is_done_there_is_nothing_to_press() -> None:
    """It says what."""
    shown = approval.card(a_standing(progress="Planning stacks/nextcloud"))
    assert lines(shown)[-1] == "⏳ Planning stacks/nextcloud"
    assert labels(shown) == []


def test_a_person_who_does_it_can_say_so() -> None:
    """Done, or somebody else has to."""
    item = an_item(state=ItemState.TAKEN, taken_by="U0BOB", reason="<@U0BOB> does it.")
    shown = approval.card(Standing(item=item))
    assert "<@U0BOB> does it." in lines(shown)
    assert labels(shown) == ["It is done", "Give it back"]


@pytest.mark.parametrize("reason", ["<@U0BOB> is to blame", "Ask <@U0BOB> said no: x", "<!here> <@U0BOB> does it."])
def test_only_what_people_did_names_them(reason: str) -> None:
    """What a model wrote as a reason calls nobody."""
    assert "<@" not in approval.reason(an_item(reason=reason))


def test_what_one_would_do_stands_in_its_line() -> None:
    """What, of which kind, what the click does, how far it reaches."""
    assert approval.line(a_standing()) == (
        "*A-57* Alert on a full disk\nPriority P1 · Alert · approve · *stacks/nextcloud*, 3 resources: 1 new, 2 changed"
    )
    assert approval.line(held(3)).endswith("Priority P1 · Architecture · prepare it")
    named: dict[str, Any] = {"set_kind": Kind.RUNBOOK}
    assert "Runbook" in approval.line(Standing(item=an_item(**named)))
