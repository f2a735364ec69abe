"""`/incident`: forms open at once, verbs act where they can, and nothing typed is ever lost."""

from typing import Any

import pytest

from bot.incident.model import Incident, Places, State
from bot.ports import Outcome
from bot.views.forms.parts import Memory
from bot.views.ids import Click, Form
from tests.bot.views.samples import NASTY, an_incident
from tests.handlers.slack.ear import never, slash, world

pytestmark = pytest.mark.sockets

ROOM = Places(room="C0ROOM", room_name="inc-12-nextcloud")


def in_room(**changes: Any) -> Incident:  # Any: the incident's fields
    """INC-12 with its room C0ROOM."""
    return an_incident(places=ROOM, **changes)


async def test_alone_it_opens_the_report_form() -> None:
    """No question asked, no database read."""
    async with world() as here:
        here.known.trouble = never
        assert await here.hear(slash("")) == {}
        (opened,) = here.api.named("views.open")
        assert opened["view"]["callback_id"] == Form.DECLARE
        assert opened["trigger_id"] == "1.2.a"


async def test_free_text_fills_the_form_and_shows_what_is_known() -> None:
    """Service, kind of error and time are read from the words; open incidents follow."""
    async with world([an_incident()]) as here:
        await here.hear(slash("nextcloud gives 502 since 14:00"))
        (opened,), (updated,) = here.api.named("views.open"), here.api.named("views.update")
        assert "nextcloud gives 502 since 14:00" in repr(opened)
        assert "'initial_option': {'text': {'type': 'plain_text', 'text': 'Nextcloud'" in repr(opened)
        assert "INC-12" not in repr(opened)
        assert "INC-12" in repr(updated)
        assert updated["hash"] == "h1"
        assert Memory.of(updated["view"]).channel == "C0ALERTS"


@pytest.mark.parametrize("text", [*NASTY, "y" * 1_000_000, "payload", "new payload={", "update payload"])
async def test_any_text_is_answered(text: str) -> None:
    """Right-to-left, emoji, NUL, a megabyte, the word payload: an answer, and no fault."""
    async with world([an_incident()]) as here:
        answer = await here.hear(slash(text))
        assert "went wrong" not in f"{answer} {here.api.calls}"
        assert here.api.calls or answer
        assert here.start.submitted == []


INLINE = [
    ("update Restarting now", "update", {"text": "Restarting now"}),
    ("update 3 nodes are back", "update", {"text": "3 nodes are back"}),
    ("severity SEV1 data at risk", "severity", {"severity": "SEV1", "reason": "data at risk"}),
    ("status monitoring looks good", "status", {"state": "monitoring", "note": "looks good"}),
    ("lead", "lead", {"lead": "U0ANA", "instead_of": None}),
    ("lead <@U0BOB|bob>", "lead", {"lead": "U0BOB"}),
    ("resolve Restarted it", "resolve", {"fix": "Restarted it", "cause": "", "ended": None}),
    ("reopen It is back", "reopen", {"reason": "It is back"}),
    ("close done", "close", {"note": "done"}),
]


@pytest.mark.parametrize(("text", "workflow", "payload"), INLINE)
async def test_a_verb_with_its_words_acts_at_once_in_the_room(text: str, workflow: str, payload: Any) -> None:  # JSON
    """The incident is implied; the id is the trigger's, so a redelivery is nothing new."""
    async with world([in_room()]) as here:
        answer = await here.hear(slash(text, channel="C0ROOM"))
        ((started, id, submitted),) = here.start.submitted
        assert (started, id) == (workflow, "cmd:1.2.a")
        assert submitted | payload == submitted
        assert submitted["incident"] == "incident-12"
        assert submitted["actor"] == "U0ANA"
        assert answer["text"] == "Done."
        assert answer["response_type"] == "ephemeral"


async def test_elsewhere_the_incident_can_be_named() -> None:
    """By key, before the words."""
    async with world([an_incident()]) as here:
        await here.hear(slash("update INC-12 Restarting"))
        ((_, _, payload),) = here.start.submitted
        assert payload["text"] == "Restarting"


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("update", Form.UPDATE),
        ("severity", Form.SEVERITY),
        ("severity SEV1", Form.SEVERITY),
        ("status", Form.STATUS),
        ("status nonsense", Form.STATUS),
        ("resolve", Form.RESOLVE),
        ("reopen", Form.REOPEN),
        ("close", Form.CLOSE),
        ("update INC-12", Form.UPDATE),
    ],
)
async def test_a_verb_alone_opens_its_form(text: str, form: Form) -> None:
    """At once, then filled from the database."""
    ended = {"state": State.RESOLVED, "severity": "SEV4"} if form is Form.CLOSE else {}  # only then there is one
    async with world([in_room(lead="U0BOB", **ended)]) as here:
        await here.hear(slash(text, channel="C0ROOM"))
        (opened,), (updated,) = here.api.named("views.open"), here.api.named("views.update")
        assert "One moment" in repr(opened)
        assert updated["view"]["callback_id"] == form
        assert Memory.of(updated["view"]).incident == "incident-12"
        assert here.start.submitted == []


async def test_outside_a_room_the_last_five_are_offered_with_the_words() -> None:
    """Each with its button, and *Report this as a new incident* with the whole line."""
    others = [an_incident(id=f"i{number}", number=number) for number in range(1, 9)]
    async with world(others) as here:
        await here.hear(slash("update the photos page is blank"))
        view = here.api.named("views.update")[0]["view"]
        assert view["callback_id"] == Form.PICK
        buttons = [block["accessory"] for block in view["blocks"] if "accessory" in block]
        assert [button["action_id"] for button in buttons] == [Click.UPDATE] * 5
        draft = view["blocks"][-1]["elements"][0]
        assert draft["action_id"] == Click.DECLARE_DRAFT
        assert draft["value"] == "update the photos page is blank"
        assert here.start.submitted == []


async def test_an_unknown_incident_keeps_the_words() -> None:
    """Refused, with what was typed one click from a report."""
    async with world() as here:
        answer = await here.hear(slash("update INC-99 photos are gone"))
        assert "no such incident" in answer["text"]
        assert answer["blocks"][-1]["elements"][0]["value"] == "update INC-99 photos are gone"


async def test_a_refused_command_shows_the_words_again() -> None:
    """So that nothing has to be typed twice."""
    async with world([in_room()]) as here:
        here.start.outcome = Outcome(ok=False, text="<@U0BOB> leads INC-12 already.")
        answer = await here.hear(slash("update it is back", channel="C0ROOM"))
        assert answer["text"] == "<@U0BOB> leads INC-12 already."
        assert "it is back" in repr(answer["blocks"])


async def test_list_show_and_help_answer_without_changing_anything() -> None:
    """Only to whoever asks."""
    async with world([in_room(), an_incident(id="old", number=3, state=State.CLOSED)]) as here:
        listed = await here.hear(slash("list"))
        assert "INC-12" in repr(listed)
        assert "INC-3" not in repr(listed)
        assert "INC-12" in repr(await here.hear(slash("show 12", trigger="t2")))
        assert "INC-3" in repr(await here.hear(slash("3", trigger="t3")))
        helped = await here.hear(slash("help", trigger="t4"))
        assert "/incident resolve" in helped["text"]
        assert "grafana.example.com" in repr(helped["blocks"])
        assert here.start.submitted == []
        assert here.api.calls == []


async def test_a_slip_of_the_pen_is_asked_about() -> None:
    """One word near a verb: the nearest match, and nothing done."""
    async with world([in_room()]) as here:
        answer = await here.hear(slash("reslove", channel="C0ROOM"))
        assert "Did you mean `/incident resolve`?" in answer["text"]
        assert here.start.submitted == []


async def test_the_same_command_twice_opens_one_form() -> None:
    """A trigger works once; the second delivery is answered and does nothing."""
    async with world() as here:
        await here.hear(slash(""))
        await here.hear(slash(""))
        assert len(here.api.named("views.open")) == 1


async def test_a_slow_database_is_said_in_time() -> None:
    """Slack gets its answer; nobody waits for ever."""
    async with world([in_room()], patience=0.05) as here:
        here.known.trouble = never
        answer = await here.hear(slash("list"))
        assert "took too long" in answer["text"]


async def test_a_fault_is_answered_with_an_id() -> None:
    """A plain sentence; the id leads to the log."""

    async def broken() -> None:
        raise RuntimeError("the disk is on fire")

    async with world() as here:
        here.known.trouble = broken
        answer = await here.hear(slash("list"))
        assert "went wrong on my side (error " in answer["text"]
        assert "fire" not in answer["text"]


async def test_a_form_that_cannot_be_filled_says_so() -> None:
    """In the view that is open already."""
    async with world() as here:
        await here.hear(slash("update INC-99"))
        assert "no such incident" in repr(here.api.named("views.update")[-1])


async def test_a_command_we_do_not_know_is_answered() -> None:
    """Never left to time out."""
    async with world() as here:
        assert "do not know this" in (await here.hear(slash("x", command="/other")))["text"]
