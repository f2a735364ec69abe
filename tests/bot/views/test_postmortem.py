"""What Slack shows of a post-mortem: valid for any document, and nobody is called by what somebody wrote."""

import json
from typing import Any

import pytest
from hypothesis import given

from bot.incident.model import Incident, Places, Review, State
from bot.incident.postmortem_state import PostmortemState
from bot.postmortem.document.model import Document, Fact, Part, Words
from bot.views.forms.parts import View
from bot.views.ids import Click
from bot.views.postmortem import shown, stands, usage
from bot.workspace.slack import validate
from tests.bot.incident.examples import ANA, BOB, CY, NOW, an_incident
from tests.bot.postmortem.document.documents import DOCUMENTS
from tests.bot.views.samples import NASTY, incidents

S = PostmortemState
URL = "https://git.example.com/2026-11-20-nextcloud.md"
PAPER = Document(title="Nextcloud", date=NOW.date(), parts={Part.SUMMARY: "It was **down**."})


def resolved(**changes: Any) -> Incident:  # Any: whichever fields a test cares for
    """INC-12, over."""
    return an_incident(state=State.RESOLVED, **changes)


def buttons(view: View) -> list[str]:
    """The action ids that can be pressed."""
    return [one["action_id"] for block in view["blocks"] if block["type"] == "actions" for one in block["elements"]]


@given(incidents(), DOCUMENTS)
def test_any_document_can_be_shown(incident: Incident, document: Document) -> None:
    """However long or hostile."""
    view = shown(incident, document, ANA, url=URL, unsent=tuple(Part))
    assert validate.view(view) == []
    assert "<!channel>" not in json.dumps(view)


@pytest.mark.parametrize("text", [*NASTY, "word " * 200_000, "[" * 1_000_000, "<!channel> " * 90_000])
def test_a_long_one_is_cut(text: str) -> None:
    """Slack takes so much and no more, and says that there is more."""
    view = shown(resolved(), Document(title=text, date=NOW.date(), parts=dict.fromkeys(Part, text)), ANA)
    assert validate.view(view) == []
    # a header is plain text, which calls nobody
    assert "<!channel>" not in json.dumps([block for block in view["blocks"] if block["type"] != "header"])
    assert len(json.dumps(view, ensure_ascii=False)) < 100_000
    assert len(text) < 7000 or "the document has it all" in json.dumps(view)


STANDS = [
    (resolved(), "before it is closed"),
    (an_incident(), "once it is resolved"),
    (an_incident(severity="SEV3"), "needs no post-mortem"),
    (resolved(), "`/postmortem draft INC-12` begins it"),
    (resolved(postmortem=S.WAIVED), "was waived"),
    (resolved(postmortem=S.DRAFT, postmortem_due=NOW), "is a draft, due <!date^"),
    (resolved(postmortem=S.IN_REVIEW), "is in review."),
    (resolved(postmortem=S.DRAFT, publishing=BOB), "being published; <@U0BOB> asked"),
    (resolved(postmortem=S.DRAFT, publishing=BOB, places=Places(proposal=9)), "<https://git/9|pull request #9>"),
    (resolved(postmortem=S.PUBLISHED), f"is <{URL}|published>"),
    (resolved(postmortem=S.COMPLETE), "No action item is open"),
]


@pytest.mark.parametrize(("incident", "said"), STANDS, ids=[said for _, said in STANDS])
def test_where_it_stands(incident: Incident, said: str) -> None:
    """Needed or not, by when, and where it is."""
    assert said in stands(incident, URL, "https://git/9")


def test_what_stays_in_slack_is_read_in_slack() -> None:
    """Without an address."""
    assert "read here, in Slack" in stands(resolved(postmortem=S.PUBLISHED))


def test_who_reads_it_and_what_they_said() -> None:
    """Each of them."""
    reviews = (Review(person=ANA), Review(person=BOB, approved=True), Review(person=CY, approved=False))
    said = json.dumps(shown(resolved(postmortem=S.DRAFT, reviews=reviews), PAPER, ANA), ensure_ascii=False)
    for line in ("⏳ <@U0ANA> was asked", "✅ <@U0BOB> agrees", "✏️ <@U0CY> wants changes"):
        assert line in said


WRITE, ASK, OUT = Click.PART, Click.ASK_REVIEW, Click.PUBLISH
BUTTONS = [
    (resolved(), []),
    (resolved(postmortem=S.WAIVED), []),
    (resolved(postmortem=S.DRAFT), [WRITE, ASK, OUT]),
    (
        resolved(postmortem=S.IN_REVIEW, reviews=(Review(person=ANA),)),
        [Click.REVIEW_AGREE, Click.REVIEW_CHANGES, WRITE, ASK, OUT],
    ),
    (resolved(postmortem=S.IN_REVIEW, reviews=(Review(person=BOB),)), [WRITE, ASK, OUT]),
    (resolved(postmortem=S.IN_REVIEW, reviews=(Review(person=ANA),), publishing=BOB), [WRITE]),
    (resolved(postmortem=S.PUBLISHED), [WRITE]),
]


@pytest.mark.parametrize(("incident", "expected"), BUTTONS)
def test_the_buttons_that_make_sense(incident: Incident, expected: list[str]) -> None:
    """No button leads to a refusal that could be known."""
    assert buttons(shown(incident, PAPER, ANA)) == expected


def test_what_is_written_reads_without_its_marks() -> None:
    """Markdown is not what Slack reads, and what waits says what it asks for."""
    said = json.dumps(shown(resolved(postmortem=S.DRAFT), PAPER, ANA))
    assert "It was down." in said
    assert "Root cause: the chain of causes" in said


def test_what_git_has_not_yet_is_said() -> None:
    """Once it is published."""
    written = shown(resolved(postmortem=S.PUBLISHED), PAPER, ANA, url=URL, unsent=(Part.IMPACT,))
    assert "not in git yet: Impact" in json.dumps(written)


def test_where_it_stands_is_said_once() -> None:
    """The file says Draft for as long as it is not in git, also of one in review or published in Slack alone."""
    facts = (Fact(name="Status", value=Words(text="Draft")), Fact(name="Duration", value=Words(text="1 h")))
    said = json.dumps(shown(resolved(postmortem=S.IN_REVIEW), Document(title="x", date=NOW.date(), facts=facts), ANA))
    assert "in review" in said
    assert "Duration" in said
    assert "Draft" not in said


def test_help_says_what_was_meant() -> None:
    """And how everything is typed, with its angle brackets."""
    said = usage("publish")
    assert "Did you mean `/postmortem publish`?" in json.dumps(said.blocks)
    assert "search &lt;words&gt;" in said.text
    assert validate.message(said.blocks) == []
