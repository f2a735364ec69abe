"""`/approve-todo` and what people press on action items: each click starts one workflow, with an id alone."""

import json

import pytest

from bot.change.model import Edit, ItemState
from bot.ports import Outcome
from bot.postmortem.model import Reading
from bot.views.ids import Click, Form
from bot.views.rounds import PAGE
from tests.bot.views import papers
from tests.bot.views.changes import a_change, a_standing, an_approval, an_item, held
from tests.bot.views.filling import filled
from tests.bot.views.samples import NASTY, an_incident
from tests.handlers.slack.ear import Body, click, slash, submission, world

pytestmark = pytest.mark.sockets

COMMAND = "/approve-todo"
BY: Body = {"actor": "U0ANA", "channel": "C0ROOM"}


def asked(text: str = "") -> Body:
    """The command as it is typed."""
    return slash(text, command=COMMAND)


@pytest.mark.parametrize(
    ("action_id", "value", "workflow", "payload"),
    [
        (Click.APPROVE, "approval-57", "approve", {"approval": "approval-57"}),
        (Click.NOT_NOW, "approval-57", "not_now", {"approval": "approval-57", "morning": False}),
        (Click.ASK_AT_NINE, "approval-57", "not_now", {"approval": "approval-57", "morning": True}),
        (Click.TAKE, "item-31", "take_item", {"item": "item-31", "done": False, "back": False}),
        (Click.TAKE_DONE, "item-31", "take_item", {"item": "item-31", "done": True, "back": False}),
        (Click.TAKE_BACK, "item-31", "take_item", {"item": "item-31", "done": False, "back": True}),
        (Click.PREPARE, "item-31", "prepare", {"item": "item-31"}),
        (Click.ROLL_BACK, "change-1", "roll_back", {"change": "change-1"}),
        (Click.WORK_THROUGH, "", "work_through", {"document": ""}),
        (Click.WORK_THROUGH, "d.md", "work_through", {"document": "d.md"}),
        (
            Click.PROPOSE_FIX,
            "incident-12:look-1",
            "propose_fix",
            {"incident": "incident-12", "investigation": "look-1"},
        ),
    ],
)
async def test_a_click_starts_the_workflow_of_its_name(
    action_id: str, value: str, workflow: str, payload: Body
) -> None:
    """Under the click's own id, never one made of what is decided; what became of it is said to whoever clicked."""
    async with world() as here:
        here.start.outcome = Outcome(ok=True, text="A-57 is approved.")
        await here.hear(click(action_id, value, response_url=f"{here.api.url}respond"))
        ((started, id, submitted),) = here.start.submitted
        assert (started, id) == (workflow, "click:1.2.b")
        assert submitted == BY | payload
        (told,) = here.api.named("respond")
        assert (told["text"], told["response_type"]) == ("A-57 is approved.", "ephemeral")


async def test_two_clicks_are_two_submissions() -> None:
    """A refused click of a stranger uses up nothing of the owner's."""
    async with world() as here:
        for trigger in ("1.2.x", "1.2.y"):
            await here.hear(click(Click.APPROVE, "approval-57", trigger=trigger, response_url=f"{here.api.url}respond"))
        assert [id for _, id, _ in here.start.submitted] == ["click:1.2.x", "click:1.2.y"]


async def test_a_refusal_is_told_to_whoever_clicked() -> None:
    """In the modal where it was clicked, since there is no message."""
    async with world() as here:
        here.board.standings = [a_standing()]
        await here.hear(asked("A-57"))
        view = here.api.named("views.update")[0]["view"]
        here.start.outcome = Outcome(ok=False, text="You started it, so somebody else has to approve it.")
        await here.hear(click(Click.APPROVE, "approval-57", view={**view, "id": "V1"}))
        assert "somebody else has to approve it" in str(here.api.named("views.update")[-1]["view"])


async def test_no_takes_a_reason() -> None:
    """Without one the form stays open."""
    async with world() as here:
        await here.hear(click(Click.REJECT, "approval-57"))
        (opened,) = here.api.named("views.open")
        view = opened["view"]
        assert view["callback_id"] == Form.REJECT
        refused = await here.hear(submission(filled(view)))
        assert list(refused["errors"]) == ["reason"]
        assert here.start.submitted == []
        assert await here.hear(submission(filled(view, reason="It would fire every night"))) == {}
        ((workflow, id, payload),) = here.start.submitted
        assert workflow == "reject"
        assert id.startswith("view:V1:")
        assert payload == BY | {"approval": "approval-57", "reason": "It would fire every night"}


async def test_a_type_is_chosen() -> None:
    """One of the seven; what is none of them is refused at its field."""
    async with world() as here:
        await here.hear(click(Click.SET_TYPE, "item-31"))
        view = here.api.named("views.open")[0]["view"]
        assert view["callback_id"] == Form.SET_TYPE
        assert list((await here.hear(submission(filled(view))))["errors"]) == ["type"]
        forged = filled(view, type="Runbook")
        ((state,),) = [list(block.values()) for block in forged["state"]["values"].values()]
        state["selected_option"] = {"value": "Root"}
        assert list((await here.hear(submission(forged)))["errors"]) == ["type"]
        assert here.start.submitted == []
        assert await here.hear(submission(filled(view, type="Runbook"))) == {}
        ((workflow, _, payload),) = here.start.submitted
        assert (workflow, payload) == ("set_type", BY | {"item": "item-31", "kind": "Runbook"})


async def test_the_inbox_lists_what_waits() -> None:
    """For whoever asks, and only to them; empty it says so, and nothing is submitted."""
    async with world() as here:
        assert (await here.hear(asked()))["text"] == "Nothing waits for a click."
        here.board.standings = [held(1), a_standing()]
        answer = await here.hear(asked("  "))
        assert answer["response_type"] == "ephemeral"
        assert str(answer).index("A-1") < str(answer).index("A-57")
        assert here.start.submitted == []


async def test_the_inbox_turns_its_pages_in_place() -> None:
    """A forged page is the nearest one there is."""
    async with world() as here:
        here.board.standings = [held(n) for n in range(1, 3 * PAGE)]
        for value, first in (("1", PAGE + 1), ("99999999", 1), ("9999", 2 * PAGE + 1), ("-1", 1), ("²", 1)):
            await here.hear(click(Click.INBOX_NEWER, value, response_url=f"{here.api.url}respond"))
            told = here.api.named("respond")[-1]
            assert told["replace_original"] is True
            assert f"*A-{first}*" in str(told["blocks"][1])


@pytest.mark.parametrize("ref", ["A-57", "T-31"])
async def test_one_opens_with_all_of_it(ref: str) -> None:
    """Plan and diff in a modal, without a download."""
    async with world() as here:
        here.board.standings = [a_standing()]
        await here.hear(asked(f" {ref} "))
        view = here.api.named("views.update")[0]["view"]
        assert view["title"]["text"] == "T-31"
        for words in ("create terraform_data.alert", "+  for = 5", "Way back", "Approve"):
            assert words in json.dumps(view)
        assert "Read all of it" not in json.dumps(view)


async def test_pages_of_a_long_diff_turn_in_the_modal() -> None:
    """There and back; a forged page is the nearest one."""
    async with world() as here:
        text = "\n".join(f"line {n}" for n in range(9000))
        here.board.standings = [a_standing(change=a_change(edits=(Edit(path="a.tf", before=None, after=text),)))]
        await here.hear(click(Click.TODO_LOOK, "item-31"))
        view = {**here.api.named("views.update")[0]["view"], "id": "V1"}
        for number, (value, page) in enumerate((("1", 2), ("0", 1), ("x", 1), ("-3", 1), ("9999999", 1))):
            await here.hear(click(Click.TODO_NEXT, f"item-31:{value}", view=view, trigger=f"1.2.{number}"))
            shown = here.api.named("views.update")[-1]["view"]
            assert f"Page {page} of" in str(shown)


@pytest.mark.parametrize("ref", ["A-99", *(each for each in NASTY if each.strip()), "x" * 100_000])
async def test_what_is_not_there_or_not_to_be_seen_is_one_sentence(ref: str) -> None:
    """The same for both, whatever was typed."""
    async with world() as here:
        here.board.standings = [a_standing()]
        answer = await here.hear(asked(ref))
        shown = [str(call["view"]) for call in here.api.named("views.update")]
        assert "or you may not see it" in (shown[0] if shown else str(answer))
        assert "stacks/nextcloud" not in str(shown) + str(answer)


async def test_what_a_viewer_may_not_see_is_not_shown() -> None:
    """Neither in the inbox nor by a forged *Look*."""
    async with world() as here:
        here.board.standings, here.board.viewers = [a_standing()], ["U0BOB"]
        assert (await here.hear(asked()))["text"] == "Nothing waits for a click."
        await here.hear(click(Click.TODO_LOOK, "item-31"))
        view = here.api.named("views.update")[0]["view"]
        assert "Alert on a full disk" not in str(view)
        assert "or you may not see it" in str(view)


async def test_help_says_how_to_ask() -> None:
    """In one sentence."""
    async with world() as here:
        assert "A-57" in (await here.hear(asked("help")))["text"]


async def test_todos_have_their_numbers() -> None:
    """Of what this person may see; what waits can be worked through."""
    async with world([an_incident()]) as here:
        one = papers.an_item()
        here.shelf.read = [Reading(document="d.md", date=None, items=(one,))]
        identity = one.identity
        item = an_item(document="d.md", digest=identity.digest, ordinal=0, state=ItemState.HELD)
        here.board.standings = [a_standing(item, approval=an_approval())]
        answer = str(await here.hear(slash("todos", command="/postmortem")))
        assert "*T-31* waits for a click, A-57" in answer
        assert "Work through them" in answer
        here.board.viewers = ["U0BOB"]
        answer = str(await here.hear(slash("todos", command="/postmortem")))
        assert "T-31" not in answer
        assert "Work through them" not in answer
