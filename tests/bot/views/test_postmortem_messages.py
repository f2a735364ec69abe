"""What is said about post-mortems by itself: short, valid, and silent where there is nothing left to say."""

import html
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.github_reading import Titled
from bot.incident.model import Event, EventKind, Incident, Places, Resolution, Review, State
from bot.incident.postmortem_state import PostmortemState
from bot.postmortem.document.model import Part
from bot.postmortem.model import Item, Priority, Reading, Status
from bot.views.blocks import Rendered, typed
from bot.views.ids import Click
from bot.views.issue import published_comment
from bot.views.postmortem_messages import (
    baseline,
    begun,
    clash,
    due,
    ownerless,
    published,
    published_notice,
    review_asked,
)
from bot.workspace.slack import validate
from tests.bot.views.papers import ITEMS, a_card, an_item
from tests.bot.views.samples import ACTORS, NASTY, NOW, TEXT, an_incident, incidents

S = PostmortemState
URL = "https://git.example.com/d.md"
IN_GIT = Places(document="d.md", document_url=URL)
EVENT = Event(kind=EventKind.REVIEW_ASKED, at=NOW, by="U0BOB", data={"people": "U0ANA,U0CY", "part": "Impact"})
HOUR = timedelta(hours=1)


def resolved(**changes: Any) -> Incident:  # Any: whichever fields a test cares for
    """INC-12, over, its post-mortem a draft that is due now."""
    return an_incident(**{"state": State.RESOLVED, "postmortem": S.DRAFT, "postmortem_due": NOW, **changes})


def words(said: Rendered | None) -> str:
    """All of a message that is there."""
    assert said is not None
    assert validate.message(said.blocks) == []
    return said.text + json.dumps(said.blocks, ensure_ascii=False)


def pressed(said: Rendered | None) -> dict[str, str]:
    """Action ids and values of its buttons."""
    assert said is not None
    found = [one for block in said.blocks if block["type"] == "actions" for one in block["elements"]]
    return {one["action_id"]: one["value"] for one in found}


@given(
    incidents(),
    st.sampled_from(S),
    TEXT,
    ACTORS,
    st.lists(ITEMS, max_size=14),
    st.lists(st.sampled_from(Part), unique=True),
)
def test_any_incident_can_be_spoken_of(
    incident: Incident, state: S, text: str, by: str, items: Sequence[Item], waiting: Sequence[Part]
) -> None:
    """Valid, and nobody is called by what somebody wrote."""
    incident = incident.model_copy(update={"postmortem": state, "postmortem_due": NOW, "reviews": (Review(person=by),)})
    event = EVENT.model_copy(update={"by": by, "text": text, "data": {"people": by, "part": text, "url": text}})
    issues = [Titled(number=1, title=text, url=text)] * 12
    every = (
        begun(incident, event, waiting),
        due(incident, event, waiting, NOW),
        review_asked(incident, event),
        published(incident, event),
        published_notice(incident),
        ownerless(incident, items),
        clash(incident, event, text, text),
        baseline([a_card(title=text)], 3, 1, issues),
    )
    for said in every:
        assert said is None or "<!channel>" not in words(said)


@pytest.mark.parametrize("text", [*NASTY, "<!channel> " * 100_000, "[" * 1_000_000])
def test_a_megabyte_is_cut(text: str) -> None:
    """Of a clash both texts stay readable."""
    said = words(clash(resolved(), EVENT, text, text))
    assert "<!channel>" not in said
    assert len(said) < 20_000
    assert len(words(ownerless(resolved(), [an_item(text or "x")] * 30))) < 20_000


def test_begun_says_what_waits_and_by_when() -> None:
    """With everything that can be done next."""
    said = begun(resolved(), EVENT, [Part.ROOT_CAUSE])
    assert "It is due <!date^" in words(said)
    assert "Still to be written: Root cause." in words(said)
    assert set(pressed(said)) == {Click.POSTMORTEM, Click.PART, Click.ASK_REVIEW, Click.PUBLISH}
    assert set(pressed(said).values()) == {"incident-12"}
    assert "due" not in words(begun(resolved(postmortem_due=None), EVENT, []))


def test_the_lead_is_reminded() -> None:
    """At half of the time of when it is due, at its end that it is; and whose review it waits for."""
    assert "is due <!date^" in words(due(resolved(), EVENT, [Part.ROOT_CAUSE], NOW - HOUR))
    waits = due(resolved(reviews=(Review(person="U0CY"), Review(person="U0BOB", approved=True))), EVENT, [], NOW)
    assert "is due now" in words(waits)
    assert "No answer yet from <@U0CY>." in words(waits)
    assert "Every section is written" in words(waits)


@pytest.mark.parametrize(
    "changes",
    [
        {"postmortem": S.PUBLISHED},
        {"postmortem": S.WAIVED},
        {"postmortem": None},
        {"state": State.INVESTIGATING},
        {"postmortem_due": None},
        {"publishing": "U0BOB"},
    ],
)
def test_nobody_is_reminded_of_what_needs_nothing(changes: dict[str, Any]) -> None:
    """Published, waived, open again, or on its way."""
    assert due(resolved(**changes), EVENT, [Part.ROOT_CAUSE], NOW) is None


def test_a_reviewer_can_answer_until_all_is_answered() -> None:
    """From then on it says where it stands."""
    asks = review_asked(resolved(postmortem=S.IN_REVIEW, reviews=(Review(person="U0ANA"),)), EVENT)
    assert list(pressed(asks)) == [Click.POSTMORTEM, Click.REVIEW_AGREE, Click.REVIEW_CHANGES]
    assert "<@U0BOB> asks you to review" in words(asks)
    over = (
        {"reviews": (Review(person="U0ANA", approved=True), Review(person="U0EVE"))},
        {"postmortem": S.PUBLISHED, "reviews": (Review(person="U0ANA"),)},
        {"publishing": "U0BOB", "reviews": (Review(person="U0ANA"),)},
    )
    for changes in over:
        assert list(pressed(review_asked(resolved(**changes), EVENT))) == [Click.POSTMORTEM]


def test_published_says_where() -> None:
    """A link where there is one; of a private incident not even its title."""
    out = resolved(postmortem=S.PUBLISHED, places=IN_GIT)
    assert f"<{URL}|Nextcloud gives 502>" in words(published(out, EVENT))
    assert "`/postmortem show INC-12`" in words(published(resolved(postmortem=S.PUBLISHED), EVENT))
    secret = words(published(out.model_copy(update={"private": True}), EVENT))
    assert "Nextcloud" not in secret
    assert URL not in secret


def test_the_reporter_reads_what_fixed_it() -> None:
    """And where all of it stands; nothing before it is published."""
    fixed = Resolution(fix="A larger disk", ended=NOW, by="U0BOB")
    said = words(published_notice(resolved(postmortem=S.PUBLISHED, places=IN_GIT, resolution=fixed)))
    assert f"<{URL}|the post-mortem>" in said
    assert "A larger disk" in said
    assert published_notice(resolved()) is None


def test_urgent_items_without_owner_are_asked_for() -> None:
    """Only those, and nothing where there is none."""
    items = [
        an_item("Take me", priority=Priority.P0),
        an_item("Has one", owner="ana"),
        an_item("Can wait", priority=Priority.P2),
        an_item("Is done", status=Status.DONE),
    ]
    urgent = Reading(document="d.md", date=None, items=tuple(items)).ownerless
    said = words(ownerless(resolved(places=IN_GIT), urgent))
    assert "*P0* Take me" in said
    assert "this action item has no owner. Who takes it?" in said
    assert f"<{URL}|the document>" in said
    assert not any(other in said for other in ("Has one", "Can wait", "Is done"))
    assert ownerless(resolved(), ()) is None
    assert "and 2 more" in words(ownerless(resolved(), items[:1] * 12))


def test_a_clash_shows_both_and_leads_to_the_section() -> None:
    """Nothing that was written is lost."""
    said = clash(resolved(), EVENT, "Forty **people**", "Fifty people")
    assert "Forty **people**" in typed(words(said))
    assert "Fifty people" in words(said)
    assert pressed(said) == {Click.PART: "incident-12:Impact"}


@pytest.mark.parametrize("text", ["<&> " * 749 + "end", "**word** " * 300, "x" * 2997 + "end", "- a\n" * 749])
def test_a_clash_keeps_all_that_a_form_holds(text: str) -> None:
    """Copied from the message into the form it is what it was, Markdown and all."""
    said = clash(resolved(), EVENT, text, "Fifty people")
    assert said is not None
    quotes = [block["text"]["text"] for block in said.blocks[3:-1]]
    copied = typed(html.unescape("\n".join(line[2:] for quote in quotes for line in quote.split("\n"))))
    assert validate.message(said.blocks) == []
    assert copied.split() == text.split() or "".join(copied.split()) == text


def test_the_first_contact_queues_nothing() -> None:
    """It says what is there, and that somebody has to say which."""
    issue = Titled(number=7, title="[INCIDENT] DNS", url="https://git.example.com/7")
    said = words(baseline([a_card()], 12, 4, [issue]))
    assert "1 post-mortem, 12 open action items, 4 of them could go without a click, 1 open incident issue" in said
    assert "Nothing of this is queued or announced" in said
    assert "<https://git.example.com/7|#7> [INCIDENT] DNS" in said
    assert "no post-mortems, no open action items, no open incident issues" in words(baseline([], 0, 0, []))


@pytest.mark.parametrize(
    ("places", "said"),
    [
        (IN_GIT, f"**Post-mortem:** [Nextcloud gives 502]({URL})"),
        (Places(document="d.md"), "**Post-mortem:** Nextcloud gives 502 (d.md)"),
        (Places(), "**Post-mortem:** Nextcloud gives 502, in Slack"),
    ],
)
def test_the_issue_says_where_it_is(places: Places, said: str) -> None:
    """With its marker."""
    comment = published_comment(resolved(places=places), "e1")
    assert said in comment
    assert "<!-- holdfast:e1 -->" in comment


def test_a_title_stays_a_title_on_the_issue() -> None:
    """It ends no link and calls nobody."""
    comment = published_comment(resolved(places=IN_GIT, title="x](https://evil) @everyone"), "e1")
    assert "x\\](" in comment
    assert "@everyone" not in comment


def test_a_beginning_that_is_told_late_is_not_told() -> None:
    """It is published by then."""
    assert begun(resolved(postmortem=S.PUBLISHED), EVENT, []) is None
