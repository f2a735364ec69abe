"""What people press on an investigation and on App Home, and who is told how an incident stands."""

import pytest

from bot.incident.model import Places
from bot.investigation.standing import Looked
from bot.ports import Outcome
from bot.views.ids import Click, Form
from handlers.slack.investigate import named
from tests.bot.views.filling import filled
from tests.bot.views.looked import COST, an_investigation
from tests.bot.views.samples import an_incident
from tests.handlers.slack.ear import Body, click, event, slash, submission, world

pytestmark = pytest.mark.sockets

VALUE = "incident-12:look-1"


@pytest.mark.parametrize(
    ("action_id", "value", "workflow", "payload"),
    [
        (Click.STOP, VALUE, "stop_investigation", {"incident": "incident-12", "investigation": "look-1"}),
        (
            Click.DID_THIS,
            f"{VALUE}:2",
            "did_this",
            {"incident": "incident-12", "investigation": "look-1", "command": 2},
        ),
        (Click.HALT, "", "halt", {}),
        (Click.RELEASE, "", "release", {}),
    ],
)
async def test_what_asks_nothing_is_done_and_said(action_id: str, value: str, workflow: str, payload: Body) -> None:
    """Submitted under the click's id; what became of it is told to whoever clicked, since no message shows it."""
    async with world([an_incident()]) as here:
        here.start.outcome = Outcome(ok=True, text="It is stopped.")
        await here.hear(click(action_id, value, response_url=f"{here.api.url}respond"))
        ((started, id, submitted),) = here.start.submitted
        assert (started, id) == (workflow, "click:1.2.b")
        assert submitted == {"actor": "U0ANA", "channel": "C0ROOM", **payload}
        (told,) = here.api.named("respond")
        assert told["text"] == "It is stopped."
        assert told["response_type"] == "ephemeral"


async def test_dig_deeper_goes_on_from_what_was_found() -> None:
    """Its form says what it may cost, and names the investigation that it goes on from."""
    async with world([an_incident()]) as here:
        await here.hear(click(Click.DIG_DEEPER, VALUE))
        view = here.api.named("views.update")[0]["view"]
        assert view["callback_id"] == Form.INVESTIGATE
        assert "at most $5.00" in str(view)
        assert await here.hear(submission(filled(view, question="Why only mornings?"))) == {}
        ((workflow, _, payload),) = here.start.submitted
        assert workflow == "investigate"
        assert payload["question"] == "Why only mornings?"
        assert (payload["incident"], payload["after"]) == ("incident-12", "look-1")


async def test_what_is_wrong_needs_a_reason() -> None:
    """Without one the form stays open; with one it is told about that investigation."""
    async with world([an_incident()]) as here:
        await here.hear(click(Click.WRONG, VALUE))
        view = here.api.named("views.update")[0]["view"]
        assert view["callback_id"] == Form.WRONG
        refused = await here.hear(submission(filled(view)))
        assert refused["errors"] == {"reason": "Say what is not so; one sentence is enough."}
        assert here.start.submitted == []
        assert await here.hear(submission(filled(view, reason="The node is new"))) == {}
        ((workflow, _, payload),) = here.start.submitted
        assert (workflow, payload["investigation"], payload["reason"]) == ("wrong", "look-1", "The node is new")


@pytest.mark.parametrize("value", ["", ":", "::", "a:b:c", "a:b:-1", "a:b:99999", "a:b:²", "a:b:1:2", ":" * 2000])
def test_a_forged_button_names_nothing(value: str) -> None:
    """Whatever stands in it, it is read, and its command is none of those that are there."""
    incident, investigation, command = named(value)
    assert command == -1
    assert ":" not in incident + investigation


async def test_a_question_is_asked_inline_or_in_the_form() -> None:
    """`investigate 12 why` is done at once; without words the form asks."""
    async with world([an_incident()]) as here:
        await here.hear(slash("investigate inc-12 why is it slow"))
        ((workflow, id, payload),) = here.start.submitted
        assert (workflow, id.split(":")[0], payload["question"]) == ("investigate", "cmd", "why is it slow")
        assert payload["after"] == ""
        await here.hear(slash("investigate inc-12"))
        assert here.api.named("views.update")[0]["view"]["callback_id"] == Form.INVESTIGATE


async def test_show_says_what_agents_did_and_what_it_cost() -> None:
    """The last investigation, and what all of them have spent of what they may."""
    async with world([an_incident()]) as here:
        here.known.agents = Looked(last=an_investigation(), cost=COST)
        answer = await here.hear(slash("show inc-12"))
        assert "*Investigation 1* done · $0.42 of $10.00 (holding $0.18)" in str(answer)


async def test_catching_up_is_an_answer_for_one_reader() -> None:
    """What, since when, how bad, who leads, what is thought; nothing is submitted for it."""
    async with world([an_incident()]) as here:
        here.known.agents = Looked(last=an_investigation())
        answer = await here.hear(slash("catchup inc-12"))
        assert answer["response_type"] == "ephemeral"
        assert "INC-12 Nextcloud gives 502" in str(answer)
        assert "The volume of Nextcloud is full (likely, 72%)" in str(answer)
        assert here.start.submitted == []


async def test_elsewhere_the_incident_to_catch_up_with_is_picked() -> None:
    """Its button shows the same."""
    async with world([an_incident()]) as here:
        await here.hear(slash("catchup"))
        view = here.api.named("views.update")[0]["view"]
        assert Click.CATCH_UP in str(view)
        await here.hear(click(Click.CATCH_UP, "incident-12"))
        assert "*Last update*" in str(here.api.named("views.update")[-1]["view"])


@pytest.mark.parametrize(("kind", "expected"), [("C", ["catch_up"]), ("G", ["catch_up", "membership"])])
async def test_whoever_comes_in_may_be_told(kind: str, expected: list[str]) -> None:
    """In a room open to all, and in a private one, whose members are kept as well."""
    async with world([an_incident(places=Places(room="C0ROOM"))]) as here:
        joined = {
            "type": "member_joined_channel",
            "user": "U0BOB",
            "channel": "C0ROOM",
            "channel_type": kind,
            "event_ts": "1.5",
        }
        await here.hear(event(joined))
        assert sorted(workflow for workflow, _, _ in here.start.submitted) == expected
        (id,) = [id for workflow, id, _ in here.start.submitted if workflow == "catch_up"]
        assert id == "catch_up:C0ROOM:U0BOB:1.5"


async def test_whoever_leaves_is_told_nothing() -> None:
    """Only that they left is kept, where that matters."""
    async with world() as here:
        left = {
            "type": "member_left_channel",
            "user": "U0BOB",
            "channel": "C0ROOM",
            "channel_type": "C",
            "event_ts": "1.5",
        }
        await here.hear(event(left))
        assert here.start.submitted == []
