"""What people do on GitHub moves an incident as far as they may, and as far as it still holds there."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refused
from bot.incident import endings
from bot.incident.heard import COMMENT, Done, History, commented, hear, keep_open, stand
from bot.incident.model import EventKind, Incident, State
from bot.incident.policy import Rank, Rights
from tests.bot.incident.examples import NOW, an_incident

BOB = Rights(actor="github:bob", rank=Rank.TRUSTED)
STRANGER = Rights(actor="github:eve", rank=Rank.GUEST)


def done(kind: str, **changes: object) -> Done:
    """Bob did it, just now."""
    return Done.model_validate({"id": 1, "kind": kind, "login": "bob", "at": NOW} | changes)


def minor() -> Incident:
    """One that may be resolved by closing its issue."""
    return an_incident().model_copy(update={"severity": "SEV3"})


def test_only_what_still_holds_is_told() -> None:
    """Closed and opened again is nothing; a label put on and taken off is none."""
    acts = (done("closed", id=1), done("reopened", id=2), done("labeled", id=3, label="Sev1"))
    again = (*acts, done("unlabeled", id=4, label="sev1"))
    assert [each.id for each in History(is_open=True, labels=("sev1",), done=acts).standing] == [2, 3]
    assert [each.id for each in History(is_open=True, labels=(), done=again).standing] == [2, 4]
    assert [each.id for each in History(is_open=False, labels=(), done=acts).standing] == []


def test_our_own_acts_are_not_told() -> None:
    """Except a commit of ours that closed it, which is to be undone."""
    ours = (done("labeled", id=1, label="sev1", ours=True), done("closed", id=2, ours=True))
    assert History(is_open=False, labels=("sev1",), done=ours).standing == ()
    commit = done("closed", ours=True, our_commit="c0ffee")
    assert History(is_open=False, labels=(), done=(commit,)).standing == (commit,)


def test_closing_says_when_it_ended() -> None:
    """When the issue was closed, not when we heard of it; never before it started."""
    moved = hear(minor(), done("closed"), BOB, NOW + timedelta(hours=1))
    assert moved is not None
    assert moved.incident.resolution is not None
    assert moved.incident.resolution.ended == NOW
    early = hear(minor(), done("closed", at=NOW - timedelta(days=9)), BOB, NOW)
    assert early is not None
    assert early.incident.state is State.RESOLVED


@pytest.mark.parametrize(
    ("rights", "person", "severity", "state"),
    [
        (BOB, True, "SEV3", State.RESOLVED),
        (BOB, True, "SEV4", State.RESOLVED),
        (BOB, True, "SEV2", State.TRIAGING),
        (BOB, True, "SEV1", State.TRIAGING),
        (BOB, False, "SEV4", State.TRIAGING),
        (STRANGER, True, "SEV4", State.TRIAGING),
    ],
)
def test_who_closes_what(rights: Rights, person: bool, severity: str, state: State) -> None:
    """Collaborators end minor incidents; for major ones, for strangers and for apps the room is asked."""
    incident = an_incident().model_copy(update={"severity": severity})
    moved = hear(incident, done("closed", person=person), rights, NOW)
    assert moved is not None
    assert moved.incident.state is state
    asked = state is State.TRIAGING
    assert (moved.incident.places.closed_by == rights.actor) is asked
    assert all(event.data["source"] == "github" for event in moved.events)


def test_the_question_is_answered_once() -> None:
    """*Keep open* where nobody asks any more is refused; so it is once it is over."""
    asked = hear(an_incident().model_copy(update={"severity": "SEV1"}), done("closed"), BOB, NOW)
    assert asked is not None
    kept = keep_open(asked.incident, "U0ANA", NOW)
    assert kept.incident.places.closed_by is None
    with pytest.raises(Refused, match="open again already"):
        keep_open(kept.incident, "U0ANA", NOW)
    over = endings.resolve(asked.incident, "done", "U0ANA", NOW).incident
    with pytest.raises(Refused, match="resolved by now"):
        keep_open(over, "U0ANA", NOW)


def test_a_private_incident_hears_nothing() -> None:
    """Its issue, if it ever had one, says nothing about it any more."""
    private = minor().model_copy(update={"private": True})
    assert all(hear(private, done(kind, label="sev1"), BOB, NOW) is None for kind in ("closed", "reopened", "labeled"))


def test_labels_of_strangers_and_apps_change_nothing() -> None:
    """GitHub lets them set none; should one come all the same, it moves nothing."""
    assert hear(minor(), done("labeled", label="sev1"), STRANGER, NOW) is None
    assert hear(minor(), done("labeled", label="sev1", person=False), BOB, NOW) is None
    assert hear(minor(), done("labeled", label="sev3"), BOB, NOW) is None
    assert hear(minor(), done("labeled", label="storage"), BOB, NOW) is None


def test_reopening_needs_what_reopening_needs() -> None:
    """A resolved one by a collaborator, with the words or a standard reason; by a stranger people are asked."""
    over = endings.resolve(minor(), "done", "U0ANA", NOW).incident
    for words, reason in (("Still slow", "Still slow"), ("", "The issue was reopened on GitHub.")):
        moved = hear(over, done("reopened", words=words), BOB, NOW)
        assert moved is not None
        assert (moved.incident.state, moved.events[0].text) == (State.INVESTIGATING, reason)
    asked = hear(over, done("reopened"), STRANGER, NOW)
    assert asked is not None
    assert (asked.incident.state, asked.events[0].kind) == (State.RESOLVED, EventKind.NOTED)


@given(st.text(max_size=20_000))
def test_a_comment_is_kept_short_and_visible(text: str) -> None:
    """What has no words is refused, and nothing hidden stays."""
    try:
        moved = commented(minor(), text, "https://github.example.com/1", "github:bob", NOW)
    except Refused:
        return
    kept = moved.events[0].text
    assert 0 < len(kept) <= COMMENT + 60
    assert "<!--" not in kept


@given(st.booleans(), st.lists(st.text(max_size=20)))
def test_how_an_issue_stands_does_not_depend_on_the_order_of_labels(is_open: bool, labels: list[str]) -> None:
    """Equal stands are equal words."""
    assert stand(is_open, labels) == stand(is_open, list(reversed(labels)))
    assert stand(is_open, labels) != stand(not is_open, labels)
