"""`/postmortem` and its buttons: shown, begun, written, reviewed and published; nothing that was written is lost."""

from datetime import date
from typing import Any

import pytest

from bot.incident.model import Event, EventKind, Incident, Places, Review, State
from bot.incident.postmortem_state import PostmortemState
from bot.ports import Outcome
from bot.postmortem.document.model import Part
from bot.postmortem.model import Reading
from bot.postmortem.passages import Hit
from bot.views.forms.parts import Memory
from bot.views.ids import Click, Form
from tests.bot.views.filling import filled
from tests.bot.views.papers import a_card, an_item
from tests.bot.views.samples import NASTY, NOW, an_incident
from tests.handlers.slack.ear import Body, World, click, slash, submission, world

pytestmark = pytest.mark.sockets

ROOM = Places(room="C0ROOM", room_name="inc-12-nextcloud")
DRAFT = PostmortemState.DRAFT


def in_room(**changes: Any) -> Incident:  # Any: the incident's fields
    """INC-12, resolved, with its room C0ROOM and a draft."""
    return an_incident(**{"places": ROOM, "state": State.RESOLVED, "postmortem": DRAFT, **changes})


def asked(text: str, channel: str = "C0ROOM") -> Body:
    """`/postmortem`, in the incident's room."""
    return slash(text, channel=channel, command="/postmortem")


def opened(here: World) -> Body:
    """The view that was opened and filled."""
    view: Body = here.api.named("views.update")[-1]["view"]
    return view


async def test_alone_in_a_room_it_is_shown() -> None:
    """With what can be done next."""
    async with world([in_room()]) as here:
        assert await here.hear(asked("")) == {}
        assert "is a draft" in repr(opened(here))
        assert Click.PUBLISH in repr(opened(here))
        assert here.start.submitted == []


@pytest.mark.parametrize("text", ["", "list"])
async def test_alone_elsewhere_they_are_listed(text: str) -> None:
    """Each with a link."""
    async with world() as here:
        here.shelf.stored = [a_card()]
        answer = await here.hear(asked(text, "C0ALERTS"))
        assert "https://git.example.com/2026-11-20-nextcloud.md|Nextcloud gives 502" in repr(answer)


async def test_passages_are_searched_for() -> None:
    """By all that was typed; without words it says how."""
    async with world() as here:
        here.shelf.hits = [Hit(name="d.md", title="Disk", day=date(2026, 1, 2), section="Impact", text="Full", score=1)]
        assert "Disk" in repr(await here.hear(asked("search “full disk” 12")))
        assert here.shelf.asked == ['"full disk" 12']
        assert "/postmortem search" in repr(await here.hear(asked("search")))


async def test_action_items_of_all_documents_are_listed() -> None:
    """Those that the words choose."""
    async with world() as here:
        here.shelf.stored = [a_card("d.md", title="Disk")]
        held = an_item("Move the data", reason="It touches data.")
        here.shelf.read = [Reading(document="d.md", date=None, items=(an_item(), held))]
        answer = repr(await here.hear(asked("todos held")))
        assert "Disk" in answer
        assert "It touches data." in answer
        assert "full disk" not in answer


async def test_action_items_of_one_incident_are_listed_from_its_draft() -> None:
    """Also before it is published."""
    proposed = Event(
        kind=EventKind.ACTION_ITEM_PROPOSED,
        at=NOW,
        by="U0ANA",
        text="Alert on a full disk",
        data={"key": "A1", "type": "Alert", "priority": "P1"},
    )
    async with world([in_room()]) as here:
        here.known.events = [proposed]
        answer = repr(await here.hear(asked("todos INC-12 disk", "C0ALERTS")))
        assert "INC-12" in answer
        assert "Alert on a full disk" in answer


@pytest.mark.parametrize("text", ["draft", "draft 12", "draft INC-12"])
async def test_a_draft_that_is_there_opens_the_form(text: str) -> None:
    """At the first section that waits; nothing is begun again."""
    async with world([in_room()]) as here:
        here.shelf.parts = {Part.SUMMARY: "It was down."}
        await here.hear(asked(text))
        assert here.start.submitted == []
        view = opened(here)
        assert view["callback_id"] == Form.PART
        assert Memory.of(view).part not in {"", "Summary"}


@pytest.mark.parametrize("state", [None, PostmortemState.WAIVED])
async def test_a_draft_that_is_not_there_is_begun_first(state: PostmortemState | None) -> None:
    """Then its form opens."""
    async with world([in_room(postmortem=state)]) as here:
        await here.hear(asked("draft"))
        ((workflow, id, payload),) = here.start.submitted
        assert (workflow, id) == ("postmortem", "cmd:1.2.a")
        assert payload == {"actor": "U0ANA", "channel": "C0ROOM", "incident": "incident-12"}
        assert opened(here)["callback_id"] == Form.PART


async def test_a_beginning_that_is_refused_says_why() -> None:
    """Instead of a form that could keep nothing."""
    async with world([in_room(postmortem=None)]) as here:
        here.start.outcome = Outcome(ok=False, text="Guests cannot do that.")
        await here.hear(asked("draft"))
        assert "Guests cannot do that." in repr(opened(here))
        assert opened(here)["callback_id"] == Form.MESSAGE


async def test_people_who_are_named_are_asked_at_once() -> None:
    """Nothing else was said, so nothing is asked."""
    async with world([in_room()]) as here:
        answer = await here.hear(asked("review <@U0BOB|bob> <@U0CY>"))
        ((workflow, _, payload),) = here.start.submitted
        assert workflow == "ask_review"
        assert payload["people"] == ["U0BOB", "U0CY"]
        assert answer["text"] == "Done."


@pytest.mark.parametrize("text", ["review", "review <@U0BOB> by tomorrow please"])
async def test_otherwise_the_form_asks(text: str) -> None:
    """With who was named, and what was typed."""
    async with world([in_room()]) as here:
        await here.hear(asked(text))
        (view,) = here.api.named("views.open")
        assert view["view"]["callback_id"] == Form.ASK_REVIEW
        assert ("U0BOB" in repr(view)) is ("U0BOB" in text)
        assert ("by tomorrow please" in repr(view)) is ("tomorrow" in text)
        assert here.start.submitted == []


async def test_publishing_shows_the_checklist_first() -> None:
    """With what waits, and where it goes."""
    async with world([in_room()]) as here:
        await here.hear(asked("publish"))
        view = opened(here)
        assert view["callback_id"] == Form.PUBLISH
        assert "⬜ *Sections*" in repr(view)
        assert "There is no repository" in repr(view)
        assert await here.hear(submission(filled(view))) == {}
        assert here.start.submitted[0][0] == "publish"


async def test_waiving_acts_at_once() -> None:
    """And what is refused is shown again."""
    async with world([in_room()]) as here:
        here.start.outcome = Outcome(ok=False, text="Only approvers can.")
        answer = repr(await here.hear(asked("waive we know this one")))
        assert here.start.submitted[0][2]["reason"] == "we know this one"
        assert "we know this one" in answer


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("pubish 12", "Did you mean `/postmortem publish`?"),
        ("what is that", "what is that"),
        ("help", "/postmortem draft"),
        ("show INC-99", "There is no such incident"),
        ("waive INC-99 we know it", "we know it"),
        ("publish", "Which incident?"),
        ("review <@U0BOB> now", "@U0BOB now"),
    ],
)
async def test_what_leads_nowhere_says_what_does(text: str, said: str) -> None:
    """And gives back what was typed."""
    async with world([in_room()]) as here:
        assert said in repr(await here.hear(asked(text, "C0ALERTS")))
        assert here.start.submitted == []


@pytest.mark.parametrize("text", [*NASTY, "search " + "y " * 500_000, "todos " + "<!channel>" * 99_999])
@pytest.mark.parametrize("channel", ["C0ROOM", "C0ALERTS"])
async def test_any_text_is_answered(text: str, channel: str) -> None:
    """An answer, and no fault; nobody is called."""
    async with world([in_room()]) as here:
        answer = await here.hear(asked(text, channel))
        assert "went wrong" not in f"{answer} {here.api.calls}"
        assert here.api.calls or answer
        assert "<!channel>" not in repr(answer)


async def form(here: World, value: str = "incident-12:Impact") -> Body:
    """The form to write, as Slack shows it."""
    await here.hear(click(Click.PART, value))
    return opened(here)


async def test_a_section_is_written_in_its_form() -> None:
    """It carries a short word for what stood there."""
    async with world([in_room()]) as here:
        here.shelf.parts = {Part.IMPACT: "Forty people."}
        view = await form(here)
        assert "Forty people." in repr(view)
        assert await here.hear(submission(filled(view, text="Fifty people."))) == {}
        ((workflow, _, payload),) = here.start.submitted
        assert workflow == "write"
        assert (payload["part"], payload["text"]) == ("Impact", "Fifty people.")
        assert len(payload["seen"]) == 16


async def test_a_refused_section_keeps_its_words_and_says_why_at_the_text() -> None:
    """Somebody else was faster."""
    async with world([in_room()]) as here:
        view = await form(here)
        here.start.outcome = Outcome(ok=False, text="Changed.", fields={"text": "Somebody changed it."})
        answer = await here.hear(submission(filled(view, text="Fifty people.")))
        assert answer == {"response_action": "errors", "errors": {"text": "Somebody changed it."}}


async def test_another_section_brings_its_own_text() -> None:
    """And what was begun in the first one is shown, not lost; what was not touched is not shown."""
    async with world([in_room()]) as here:
        here.shelf.parts = {Part.IMPACT: "Forty people.", Part.WELL: "The alert came."}
        view = await form(here)
        await here.hear(click(Click.PART_CHOSEN, view=filled(view, part="What went well", text="Half a sentence")))
        other = opened(here)
        assert "The alert came." in repr(other)
        assert "Half a sentence" in repr(other)
        assert Memory.of(other).part == "What went well"
        assert Memory.of(other).seen != Memory.of(view).seen
        await here.hear(click(Click.PART_CHOSEN, view=filled(view, part="What went well"), trigger="1.2.d"))
        assert "Forty people." not in repr(opened(here))


async def test_a_preview_lies_over_the_form() -> None:
    """Which stays as it is."""
    async with world([in_room()]) as here:
        view = await form(here)
        await here.hear(click(Click.PART_PREVIEW, view=filled(view, text="It was **down**."), trigger="1.2.d"))
        (pushed,) = here.api.named("views.push")
        assert "It was down." in repr(pushed)


async def test_agreeing_acts_and_is_answered() -> None:
    """In the view that shows it, or below the message."""
    async with world([in_room(reviews=(Review(person="U0ANA"),))]) as here:
        await here.hear(click(Click.POSTMORTEM, "incident-12"))
        view = {**opened(here), "id": "V1"}
        assert Click.REVIEW_AGREE in repr(view)
        await here.hear(click(Click.REVIEW_AGREE, "incident-12", view=view, trigger="1.2.d"))
        assert here.start.submitted[0][2]["approve"] is True
        assert here.start.submitted[0][2]["channel"] == "C0ROOM"
        assert "Done." in repr(opened(here))


async def test_a_pull_request_is_linked() -> None:
    """As its timeline says."""
    data = {"number": "9", "url": "https://git.example.com/pull/9"}
    places = ROOM.model_copy(update={"proposal": 9})
    async with world([in_room(publishing="U0BOB", places=places)]) as here:
        here.known.events = [Event(kind=EventKind.POSTMORTEM_PROPOSED, at=NOW, by="holdfast", data=data)]
        await here.hear(asked("show"))
        assert "<https://git.example.com/pull/9|pull request #9>" in repr(opened(here))


async def test_searching_in_a_form() -> None:
    """What was found takes its place."""
    async with world() as here:
        await here.hear(click(Click.DOCUMENTS_SEARCH))
        view = here.api.named("views.open")[0]["view"]
        assert view["callback_id"] == Form.DOCUMENTS
        answer = await here.hear(submission(filled(view, words="zebra")))
        assert answer["response_action"] == "update"
        assert here.shelf.asked == ["zebra"]


async def test_who_may_not_see_the_incident_sees_nothing_of_it() -> None:
    """By any button or word."""
    async with world() as here:
        for number, action in enumerate((Click.POSTMORTEM, Click.PART, Click.PUBLISH, Click.ASK_REVIEW)):
            await here.hear(click(action, "incident-12", trigger=f"1.{number}"))
            assert "There is no such incident, or you cannot see it." in repr(opened(here))
        for text in ("todos INC-12", "draft INC-12", "publish INC-12"):
            assert "cannot see it" in repr(await here.hear(asked(text)))
