"""The forms of post-mortems: there and back, within Slack's limits, and nothing that was written is lost."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refused
from bot.incident.model import Incident, Review, State
from bot.incident.postmortem_state import PostmortemState
from bot.incident.requests_postmortem import AnswerReview, AskReview, Publish, WritePart
from bot.postmortem.checklist import Check
from bot.postmortem.document.model import ASKS, Part
from bot.views.forms import ask_review, documents, part, publish, review
from bot.views.forms.parts import Memory, View
from bot.workspace.slack import validate
from tests.bot.views.filling import filled
from tests.bot.views.samples import NASTY, TEXT, an_incident, incidents

HERE = Memory(incident="incident-12", channel="C0ROOM")
WRITING = HERE.model_copy(update={"part": Part.IMPACT, "seen": "s1"})
ABOUT: dict[str, Any] = {"actor": "U0ANA", "channel": "C0ROOM", "incident": "incident-12"}
READY = an_incident(state=State.RESOLVED, postmortem=PostmortemState.DRAFT)
CHECKS = (Check(name="Owners", done=True, sentence="All have one."), Check(name="Words", done=False, sentence="Look."))


def said(view: View) -> str:
    """Everything in it."""
    return json.dumps(view, ensure_ascii=False)


def test_a_section_is_written() -> None:
    """It begins with the text as it stands, says what it asks for, and remembers what it began from."""
    view = part.build(an_incident(), WRITING, "Forty people.")
    assert validate.view(view) == []
    text = next(block for block in view["blocks"] if block.get("block_id") == "text")
    assert text["element"]["initial_value"] == "Forty people."
    assert ASKS[Part.IMPACT][1:] in said(view)
    assert part.read(filled(view), "U0ANA") == WritePart(**ABOUT, part="Impact", text="Forty people.", seen="s1")
    assert part.read(filled(view, text="Fifty."), "U0ANA").text == "Fifty."


def test_an_emptied_section_is_empty() -> None:
    """That takes it back to what is recorded."""
    view = filled(part.build(an_incident(), WRITING, "Forty people."), text="")
    assert part.read(view, "U0ANA").text == ""


def test_another_section_brings_another_field() -> None:
    """Slack keeps what is typed under the same ids, which would put one section's words into another."""
    one = part.build(an_incident(), WRITING, "x")
    other = part.build(an_incident(), WRITING.model_copy(update={"part": Part.WELL}), "x")
    ids = [block["element"]["action_id"] for view in (one, other) for block in view["blocks"] if "element" in block]
    assert ids[0] == ids[2] == "part.part"
    assert ids[1] != ids[3]


def test_a_section_whose_text_has_not_come_is_not_overwritten() -> None:
    """It was chosen, and sent before the form was filled again."""
    view = filled(part.build(an_incident(), WRITING, "Forty people."), part="Summary")
    with pytest.raises(Refused) as refusal:
        part.read(view, "U0ANA")
    assert set(refusal.value.fields) == {"part"}


@pytest.mark.parametrize(("url", "where"), [("https://git/d.md", "<https://git/d.md|open the"), ("", "once it is")])
def test_a_long_section_is_edited_in_git(url: str, where: str) -> None:
    """It is neither cut nor lost; another one can be chosen."""
    view = part.build(an_incident(), WRITING, "word " * 700, url=url)
    assert validate.view(view) == []
    assert where in said(view)
    with pytest.raises(Refused) as refusal:
        part.read(filled(view), "U0ANA")
    assert "longer than the 3,000" in refusal.value.fields["part"]


def test_what_fits_exactly_is_edited_here() -> None:
    """All 3,000 characters of it."""
    view = part.build(an_incident(), WRITING, "x" * 3000)
    assert part.read(filled(view), "U0ANA").text == "x" * 3000


def test_words_that_were_not_kept_are_shown() -> None:
    """They can be copied, and are what they were, marks and all."""
    view = part.build(an_incident(), WRITING, "x", unsent="Half a **sentence**")
    copied = view["blocks"][-1]["text"]["text"].removeprefix("> ")
    assert part.read(filled(part.build(an_incident(), WRITING, ""), text=copied), "U0ANA").text == "Half a **sentence**"


def test_the_preview_shows_what_is_written() -> None:
    """Without marks; and that nothing is, where nothing is."""
    form = part.build(an_incident(), WRITING, "")
    view = part.preview(filled(form, text="It was **down**, see [board](https://x.example)."))
    assert validate.view(view) == []
    assert "It was down, see board https://x.example." in said(view)
    assert "*Impact*" in said(view)
    assert "Nothing is written" in said(part.preview(filled(form)))


@given(incidents(), TEXT, TEXT)
def test_the_forms_are_valid_for_anything(incident: Incident, text: str, draft: str) -> None:
    """Whatever stands there, was typed, or is said against publishing it."""
    memory = Memory(incident=incident.id, draft=draft, part=text[:50])
    checks = [Check(name=text or "x", done=False, sentence=draft)] * 13
    views = [
        part.build(incident, memory, text, unsent=draft),
        part.build(incident, memory, text, url=text),
        part.preview(filled(part.build(incident, memory, text))),
        ask_review.build(incident, memory),
        review.build(incident, memory),
        publish.build(incident.model_copy(update={"postmortem": PostmortemState.DRAFT}), memory, checks, draft),
        documents.build(memory),
    ]
    for view in views:
        assert validate.view(view) == []
        assert "<!channel>" not in json.dumps([one for one in view["blocks"] if one["type"] in {"section", "context"}])


@pytest.mark.parametrize("text", [*NASTY, "<!channel> " * 100_000, "[" * 1_000_000])
def test_a_megabyte_is_no_form(text: str) -> None:
    """It is said that it is too long."""
    view = part.build(an_incident(), WRITING, text, unsent=text)
    assert validate.view(view) == []
    assert len(json.dumps(view, ensure_ascii=False)) < 20_000


def test_people_are_asked() -> None:
    """Those who were named are chosen already; nobody is wrong."""
    view = ask_review.build(READY, HERE.model_copy(update={"draft": "and the others"}), ("U0BOB",))
    assert validate.view(view) == []
    assert "and the others" in said(view)
    assert ask_review.read(filled(view), "U0ANA") == AskReview(**ABOUT, people=("U0BOB",))
    chosen = filled(view, people=["U0CY", "U0BOB", "U0CY"])
    assert ask_review.read(chosen, "U0ANA").people == ("U0CY", "U0BOB")
    with pytest.raises(Refused) as refusal:
        ask_review.read(filled(view, people=[]), "U0ANA")
    assert set(refusal.value.fields) == {"people"}


def test_a_reviewer_says_what_should_change() -> None:
    """That is needed."""
    view = review.build(READY, HERE)
    expected = AnswerReview(**ABOUT, approve=False, words="Name no host")
    assert review.read(filled(view, words="Name no host"), "U0ANA") == expected
    with pytest.raises(Refused) as refusal:
        review.read(filled(view, words=" "), "U0ANA")
    assert set(refusal.value.fields) == {"words"}


def test_the_checklist_stands_before_the_button() -> None:
    """What is open first; it forbids nothing."""
    view = publish.build(READY, HERE, CHECKS, publish.goes_to(READY, "push", "master"))
    assert validate.view(view) == []
    assert said(view).index("⬜ *Words* Look.") < said(view).index("✅ *Owners* All have one.")
    assert "1 of 2 points are open" in said(view)
    assert "on the branch master" in said(view)
    assert publish.read({**view, "state": {"values": {}}}, "U0ANA") == Publish(**ABOUT)


@pytest.mark.parametrize(
    ("changes", "why", "asks"),
    [
        ({"postmortem": PostmortemState.PUBLISHED}, "published already", False),
        ({"state": State.MITIGATING}, "resolve it first", False),
        ({"reviews": (Review(person="U0BOB", approved=False),)}, "<@U0BOB> wanted changes", False),
        ({"reviews": (Review(person="U0BOB"),)}, "waits for the review of <@U0BOB>", True),
    ],
)
def test_what_stands_against_it_is_said(changes: dict[str, Any], why: str, asks: bool) -> None:
    """Without a button where it would only be refused; an approver need not wait for a review."""
    view = publish.build(READY.model_copy(update=changes), HERE, CHECKS, "")
    assert validate.view(view) == []
    assert why in said(view)
    assert ("submit" in view) is asks


@pytest.mark.parametrize(
    ("private", "how", "where"),
    [(True, "push", "private"), (False, "", "no repository"), (False, "pull_request", "a pull request to master")],
)
def test_where_it_goes(private: bool, how: str, where: str) -> None:
    """Whoever publishes knows who will read it."""
    assert where in publish.goes_to(an_incident(private=private), how, "master")


@given(st.lists(st.builds(Check, name=st.just("All"), done=st.just(True), sentence=st.just("Fine.")), max_size=3))
def test_nothing_open_is_said(checks: list[Check]) -> None:
    """In one line."""
    assert "All is ready" in said(publish.build(READY, HERE, checks, "It goes into git."))


def test_words_to_look_for_are_needed() -> None:
    """In the form that searches."""
    view = documents.build(Memory())
    assert documents.read(filled(view, words="full disk")) == "full disk"
    with pytest.raises(Refused):
        documents.read(filled(view))
