"""An investigation in Slack while it goes on, on its incident's card, and the stop of everything on App Home."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given

from bot.budget.caps import Caps
from bot.incident.model import HOLDFAST, Incident
from bot.incident.search import Found
from bot.investigation.model import Kind, Stage, State, Step, Word
from bot.investigation.standing import Halt, Looked
from bot.views.card import card
from bot.views.home import home
from bot.views.investigation import looked_line, thought
from bot.views.investigation_progress import progress
from bot.workspace.slack import validate
from tests.bot.views.looked import COST, LOOKED, an_investigation
from tests.bot.views.samples import NOW, an_incident, incidents
from tests.bot.views.shown import SPENT, labels, lines, steps
from tests.bot.views.test_messages import THOROUGH, check


def test_while_it_goes_on_one_message_shows_all() -> None:
    """Who asked and what, a mark a stage, a line a call, the money, and *Stop*."""
    looking = an_investigation(state=State.LOOKING, ended_at=None, question="Why at night?")
    done = [
        Step(stage=Stage.EVIDENCE, key="evidence", text="41 pieces of evidence"),
        Step(stage=Stage.TRIAGE, key="stage:triage", text="Triage: SEV2 is suggested."),
        Step(stage=Stage.SPECIALISTS, key="a", text="pods in nextcloud", agent="cluster", word=Word.RUNNING),
        Step(stage=Stage.SPECIALISTS, key="b", text="secrets in vault", agent="cluster", word=Word.REFUSED),
    ]
    shown = progress(looking, done, SPENT)
    said = lines(shown)
    assert said[0].startswith("🔎 *Investigation 1*, asked for by <@U0ANA>, ")
    assert said[1] == "Why at night?"
    assert said[2] == "✅ evidence  ✅ triage  ⏳ specialists  ▫️ history  ▫️ report"
    assert said[3:7] == [
        "✅ 41 pieces of evidence",
        "✅ Triage: SEV2 is suggested.",
        "⏳ cluster: pods in nextcloud",
        "⛔ cluster: secrets in vault",
    ]
    assert said[7] == "$0.42 of $5.00 (holding $0.18)"
    assert labels(shown) == ["Stop"]
    (stop,) = shown.blocks[-1]["elements"]
    assert stop["value"] == "incident-12:look-1"


def test_only_the_newest_lines_are_shown() -> None:
    """The others are counted, so that it stays one screen on a phone."""
    looking = an_investigation(state=State.LOOKING, ended_at=None)
    said = lines(progress(looking, steps(*[(Stage.SPECIALISTS, Word.DONE)] * 20), SPENT))
    assert "… 12 earlier lines" in said
    assert sum(line.startswith("✅ line") for line in said) == 8


@pytest.mark.parametrize(
    ("done", "marks"),
    [
        ((), "▫️ evidence  ▫️ triage  ▫️ specialists  ▫️ history  ▫️ report"),
        (((Stage.EVIDENCE, Word.DONE),), "✅ evidence  ▫️ triage  ▫️ specialists  ▫️ history  ▫️ report"),
        (
            ((Stage.EVIDENCE, Word.DONE), (Stage.TRIAGE, Word.FAILED), (Stage.SPECIALISTS, Word.RUNNING)),
            "✅ evidence  ⚠️ triage  ⏳ specialists  ▫️ history  ▫️ report",
        ),
    ],
)
def test_each_stage_has_its_mark(done: tuple[tuple[Stage, Word], ...], marks: str) -> None:
    """To come, at work, done, or that nothing came of it."""
    assert marks in lines(progress(an_investigation(state=State.LOOKING), steps(*done), SPENT))


def test_triage_has_two_stages() -> None:
    """What is not done is not promised."""
    shown = progress(an_investigation(state=State.LOOKING, kind=Kind.TRIAGE), [], SPENT)
    assert "▫️ evidence  ▫️ triage" in lines(shown)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "Investigation 1: done in 74 s, $0.42."),
        (
            {"state": State.STOPPED, "stopped_by": "U0BOB"},
            "Investigation 1: stopped by <@U0BOB> after 74 s, $0.42. What was found by then stands below.",
        ),
        (
            {"state": State.STOPPED, "stopped_by": HOLDFAST},
            "Investigation 1: ended with the incident after 74 s, $0.42.",
        ),
        (
            {"state": State.STOPPED, "stopped_by": "U0BOB", "report": None},
            "Investigation 1: stopped by <@U0BOB> after 74 s, $0.42.",
        ),
        (
            {"state": State.FAILED, "problem": "It broke off."},
            "Investigation 1: It broke off. 74 s, $0.42. `/incident investigate` begins again.",
        ),
        (
            {"findings": None, "why_no_model": "No model is set up."},
            "Investigation 1: evidence collected in 74 s, $0.42. No model is set up. The report by rules stands below.",
        ),
        (
            {"findings": None, "why_no_model": "No model is set up.", "kind": Kind.POSTMORTEM},
            "For the post-mortem 1: evidence collected in 74 s, $0.42. No model is set up.",
        ),
        (
            {"findings": None, "state": State.STOPPED, "stopped_by": "U0BOB", "kind": Kind.POSTMORTEM},
            "For the post-mortem 1: stopped by <@U0BOB> after 74 s, $0.42.",
        ),
        ({"ended_at": NOW + timedelta(minutes=12)}, "Investigation 1: done in 12 min, $0.42."),
    ],
)
def test_in_the_end_one_quiet_line_is_left(changes: dict[str, Any], line: str) -> None:  # Any: of any field
    """How it ended, after how long, for how much; nothing to press."""
    shown = progress(an_investigation(**changes), steps((Stage.REPORT, Word.DONE)), SPENT)
    assert lines(shown) == [line]
    assert labels(shown) == []


@THOROUGH
@given(incidents(), LOOKED)
def test_the_card_says_what_agents_did(incident: Incident, looked: Looked) -> None:
    """A line at most, whatever they said."""
    line = looked_line(looked, Caps())
    assert "\n" not in line
    assert bool(line) == (looked.last is not None)
    check(card(incident, (), line))
    assert "\n" not in thought(looked.last)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "*Investigation 1* done · $0.42 of $10.00 (holding $0.18)"),
        ({"state": State.LOOKING}, "*Investigation 1* goes on · $0.42 of $10.00 (holding $0.18)"),
        ({"findings": None}, "*Investigation 1* done by rules alone · $0.42 of $10.00 (holding $0.18)"),
        ({"state": State.STOPPED}, "*Investigation 1* was stopped · $0.42 of $10.00 (holding $0.18)"),
        ({"state": State.FAILED}, "*Investigation 1* could not be finished · $0.42 of $10.00 (holding $0.18)"),
    ],
)
def test_the_line_on_the_card(changes: dict[str, Any], said: str) -> None:  # Any: of any field
    """How far it is, and what all of them cost of what they may."""
    assert looked_line(Looked(last=an_investigation(**changes), cost=COST), Caps()) == said


def test_home_shows_a_stop_to_everybody_and_its_end_to_approvers() -> None:
    """Who and since when; an approver can release it, others read who can."""
    mine, stop = Found(incidents=(an_incident(),), newer=False, older=False), Halt(by="U0BOB", at=NOW)
    calm, halted = home(mine, mine), home(mine, mine, stop)
    assert "stopped" not in str(calm)
    assert "Stop everything" not in str(calm)
    assert "*Everything is stopped* by <@U0BOB>" in halted["blocks"][0]["text"]["text"]
    assert "Release" not in [
        e["text"]["text"] for b in halted["blocks"] for e in b.get("elements", []) if "action_id" in e
    ]
    approver = home(mine, mine, stop, approver=True)
    assert "Release" in str(approver)
    assert "Stop everything" not in str(approver), "it is stopped already"
    asks = home(mine, mine, approver=True)["blocks"][-1]["elements"][0]
    assert asks["text"]["text"] == "Stop everything"
    assert asks["confirm"]["confirm"]["text"] == "Stop everything"
    for view in (calm, halted, approver, home(mine, mine, approver=True)):
        assert validate.view(view) == []
