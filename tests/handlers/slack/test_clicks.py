"""Buttons, forms and events: each leads to one submission or one view, and each is answered."""

from typing import Any

import pytest

from bot.incident.model import State
from bot.incident.postmortem_state import PostmortemState
from bot.ports import Outcome
from bot.views.card import card
from bot.views.forms.parts import Memory
from bot.views.ids import Click, Form
from handlers.slack.routes import ACTIONS, VIEWS
from handlers.slack.stories import STORIES
from tests.bot.views.filling import filled
from tests.bot.views.samples import an_incident
from tests.bot.views.test_declare_form import form
from tests.handlers.slack.ear import Body, click, event, slash, submission, world

pytestmark = pytest.mark.sockets


def test_every_id_has_its_handler() -> None:
    """What we show can be clicked and sent; views that ask nothing cannot be sent."""
    assert set(ACTIONS) == set(Click)
    assert set(VIEWS) == set(Form) - {Form.MESSAGE, Form.PICK}


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.workflow)
async def test_each_storys_button_opens_its_form_and_the_form_starts_it(story: Any) -> None:  # Any: for its id
    """There and back: click, form, filled in, sent, submitted under the view's id."""
    words: dict[str, dict[str, Any]] = {
        "severity": {"severity": "SEV1", "reason": "why"},
        "status": {"state": "monitoring"},
        "lead": {"lead": "U0BOB"},
        "update": {"text": "x"},
        "note": {"text": "x"},
        "resolve": {"fix": "x"},
        "reopen": {"reason": "x"},
        "close": {},
        "decline": {"checked": "x"},
        "confirm": {"words": "x"},
        "ask_review": {"people": ["U0BOB"]},
        "answer_review": {"words": "x"},
        "publish": {},
        "role": {"role": "scribe"},
        "handover": {"lead": "U0BOB", "summary": "x"},
        "call": {"person": "U0BOB"},
        "escalate": {"reason": "x"},
        "ack": {},
        "impact": {"users": "x"},
        "link": {"link": "https://x.example"},
        "merge": {"into": "INC-7"},
        "private": {"reason": "x"},
        "investigate": {"question": "x"},
    }
    ended: dict[str, dict[str, Any]] = {  # only then there is one
        "close": {"state": State.RESOLVED, "severity": "SEV4"},
        "publish": {"state": State.RESOLVED, "postmortem": PostmortemState.DRAFT},
    }
    async with world([an_incident(**ended.get(story.workflow, {}))]) as here:
        await here.hear(click(story.click, "incident-12"))
        view = here.api.named("views.update")[0]["view"]
        assert view["callback_id"] == story.form
        assert await here.hear(submission(filled(view, **words[story.workflow]))) == {}
        ((workflow, id, payload),) = here.start.submitted
        assert workflow == story.workflow
        assert id.startswith("view:V1:")
        assert payload["incident"] == "incident-12"
        assert payload["channel"] == "C0ROOM"


@pytest.mark.parametrize(
    ("action_id", "workflow", "payload"),
    [
        (Click.LEAD_TAKE, "lead", {"lead": "U0ANA", "instead_of": None}),
        (Click.ACCEPT, "accept", {}),
        (Click.CONFIRM_WORKS, "confirm", {"works": True, "words": ""}),
        (Click.REVIEW_AGREE, "answer_review", {"approve": True, "words": ""}),
    ],
)
async def test_buttons_that_ask_nothing_act(action_id: str, workflow: str, payload: Body) -> None:
    """Under the trigger's id; what became of it is said only to whoever clicked."""
    async with world([an_incident()]) as here:
        here.start.outcome = Outcome(ok=False, text="<@U0BOB> leads INC-12 already.")
        await here.hear(click(action_id, "incident-12", response_url=f"{here.api.url}respond"))
        ((started, id, submitted),) = here.start.submitted
        assert (started, id) == (workflow, "click:1.2.b")
        assert submitted == {"actor": "U0ANA", "channel": "C0ROOM", "incident": "incident-12", **payload}
        (told,) = here.api.named("respond")
        assert told["text"] == "<@U0BOB> leads INC-12 already."
        assert told["response_type"] == "ephemeral"
        assert not told["replace_original"]


@pytest.mark.parametrize(("private", "said"), [(False, 0), (True, 1)])
async def test_what_a_message_shows_by_itself_is_not_said_again(private: bool, said: int) -> None:
    """A card in the room changes before everybody's eyes; one that only the clicker sees does not."""
    async with world([an_incident()]) as here:
        here.start.outcome = Outcome(ok=True, text="You lead INC-12 now.")
        container = {"type": "message", "is_ephemeral": private}
        url = f"{here.api.url}respond"
        await here.hear(click(Click.LEAD_TAKE, "incident-12", response_url=url, container=container))
        assert len(here.start.submitted) == 1
        assert len(here.api.named("respond")) == said


async def test_the_report_form_is_sent_and_closes() -> None:
    """Closed once it is stored; the words sent twice are one submission."""
    view = filled(form(), service="Nextcloud", what="502 Bad Gateway", error_kind="bad_gateway")
    async with world() as here:
        assert await here.hear(submission(view)) == {}
        await here.hear(submission(view))
        (first, second) = here.start.submitted
        assert first == second
        assert first[0] == "declare"
        assert first[2]["report"]["service"] == "Nextcloud"
        assert first[2]["channel"] == "C0ALERTS"


async def test_a_corrected_form_is_a_new_submission() -> None:
    """The refused one has used up its id, not the form's."""
    async with world([an_incident()]) as here:
        await here.hear(click(Click.UPDATE, "incident-12"))
        view = here.api.named("views.update")[0]["view"]
        await here.hear(submission(filled(view, text="one")))
        await here.hear(submission(filled(view, text="two")))
        assert len({id for _, id, _ in here.start.submitted}) == 2


async def test_a_report_that_says_nothing_stays_open_with_what_is_missing() -> None:
    """Nothing is submitted; each field gets its sentence."""
    async with world() as here:
        answer = await here.hear(submission(filled(form(), service="Other", what="Nothing works", error_kind="other")))
        assert answer["response_action"] == "errors"
        assert set(answer["errors"]) == {"what", "service"}
        assert here.start.submitted == []


@pytest.mark.parametrize(
    ("outcome", "answer"),
    [
        (
            Outcome(ok=False, text="No.", fields={"what": "Say more."}),
            {"response_action": "errors", "errors": {"what": "Say more."}},
        ),
        (
            Outcome(ok=False, text="*No*, says <@U0ANA>."),
            {"response_action": "errors", "errors": {"service": "No, says Ana."}},
        ),
        (
            Outcome(ok=False, text="No.", fields={"unknown": "Because."}),
            {"response_action": "errors", "errors": {"service": "No. Because."}},
        ),
    ],
)
async def test_a_refusal_keeps_the_form_and_its_words(outcome: Outcome, answer: Body) -> None:
    """At its field, or at the first; people stand there by name, since errors are plain text."""
    view = filled(form(), service="Nextcloud", what="502 Bad Gateway", error_kind="bad_gateway")
    async with world() as here:
        here.start.outcome = outcome
        assert await here.hear(submission(view)) == answer


async def test_what_is_stored_but_not_done_says_so() -> None:
    """It must not be sent again."""
    view = filled(form(), service="Nextcloud", what="502 Bad Gateway", error_kind="bad_gateway")
    async with world() as here:
        here.start.outcome = Outcome(ok=True, text="It is stored; no need to repeat it.", pending=True)
        answer = await here.hear(submission(view))
        assert answer["response_action"] == "update"
        assert "no need to repeat it" in repr(answer["view"])


async def test_choosing_a_service_shows_what_is_known() -> None:
    """In the same form, with its hash, keeping what is filled in."""
    view = filled(form(), service="Nextcloud", what="It is slow", error_kind="slow")
    async with world([an_incident()]) as here:
        await here.hear(click(Click.DECLARE_SERVICE, view=view))
        (updated,) = here.api.named("views.update")
        assert (updated["view_id"], updated["hash"]) == ("V1", "h1")
        assert "INC-12" in repr(updated)
        assert "It is slow" in repr(updated)
        assert "short of memory" in repr(updated)


async def test_show_in_a_form_is_laid_over_it() -> None:
    """What was filled in below is not lost."""
    async with world([an_incident()]) as here:
        await here.hear(click(Click.SHOW, "incident-12", view=filled(form())))
        assert len(here.api.named("views.push")) == 1
        shown = here.api.named("views.update")[0]["view"]
        assert shown["callback_id"] == Form.MESSAGE
        assert "INC-12" in repr(shown)


async def test_picking_carries_the_words_into_the_form() -> None:
    """The picker becomes the form in place, with what was typed as its beginning."""
    async with world([an_incident()]) as here:
        await here.hear(slash("update it is blank"))
        picker = here.api.named("views.update")[0]["view"] | {"id": "V1", "hash": "h1"}
        await here.hear(click(Click.UPDATE, "incident-12", view=picker))
        final = here.api.named("views.update")[-1]["view"]
        assert final["callback_id"] == Form.UPDATE
        assert "it is blank" in repr(final["blocks"])
        await here.hear(click(Click.DECLARE_DRAFT, "it is blank", view=picker, trigger="t9"))
        assert here.api.named("views.update")[-1]["view"]["callback_id"] == Form.DECLARE


async def test_links_and_old_buttons_are_answered() -> None:
    """A link says nothing; a button that nobody knows any more says so."""
    async with world() as here:
        assert await here.hear(click("whatever", url="https://example.com")) == {}
        assert here.api.calls == []
        await here.hear(click("gone.button", "x", response_url=f"{here.api.url}respond"))
        assert "do not know this" in here.api.named("respond")[0]["text"]
        await here.hear(click("gone.button", "x", trigger="t2"))
        assert "do not know this" in repr(here.api.named("views.open"))


async def test_forms_and_shortcuts_we_do_not_know_are_answered() -> None:
    """Also a closed form, an options request and an event."""
    async with world() as here:
        answer = await here.hear(submission({"id": "V1", "type": "modal", "callback_id": "gone", "blocks": []}))
        assert answer["response_action"] == "update"
        closed = submission({"id": "V1", "type": "modal", "callback_id": "gone"}) | {"type": "view_closed"}
        assert await here.hear(closed) == {}
        await here.hear(submission({}) | {"type": "shortcut", "callback_id": "gone", "trigger_id": "t1"})
        assert "do not know this" in repr(here.api.named("views.open"))
        options = {"type": "block_suggestion", "action_id": "gone", "block_id": "b", "value": "x"}
        assert await here.hear(submission({}) | options) == {"options": []}
        assert await here.hear(event({"type": "reaction_added", "user": "U0ANA"})) == {}
        assert await here.hear(submission({}) | {"type": "never_heard_of", "callback_id": "x"}) == {}


@pytest.mark.parametrize("value", ["", "nope", "\x00", "x" * 2000, "' OR 1=1"])
async def test_unknown_incidents_are_refused_in_the_view(value: str) -> None:
    """Clicked in an old message."""
    async with world() as here:
        await here.hear(click(Click.UPDATE, value))
        assert "no such incident" in repr(here.api.named("views.update")[-1])


async def test_a_form_changed_or_closed_meanwhile_is_no_fault() -> None:
    """Slack refuses the late filling; nobody is told."""
    async with world([an_incident()]) as here:
        here.api.errors["views.update"] = "hash_conflict"
        await here.hear(click(Click.UPDATE, "incident-12"))
        assert len(here.api.named("views.update")) == 1


async def test_an_expired_trigger_is_said_where_it_can_be() -> None:
    """Slack did not wait: a sentence with an id, in the channel."""
    async with world([an_incident()]) as here:
        here.api.errors["views.open"] = "expired_trigger_id"
        answer = await here.hear(slash(""))
        assert "error" in answer["text"]


async def test_the_cards_own_buttons_are_all_heard() -> None:
    """Every button of every state's card leads somewhere."""
    for state in State:
        for block in card(an_incident(state=state), ()).blocks:
            for button in block.get("elements", []) if block["type"] == "actions" else []:
                assert button["action_id"] in ACTIONS
    assert Memory().written() == "{}"
