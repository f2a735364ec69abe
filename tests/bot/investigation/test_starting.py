"""Who may have something looked into, what begins by itself, and when no model is asked."""

from itertools import product
from typing import Any

import pytest

from bot.errors import NotFound, Refused
from bot.incident.model import HOLDFAST, OVER, State
from bot.incident.policy import NotAllowed, Rank, Rights
from bot.incident.schemes import SCHEMES
from bot.investigation.model import Investigation, Kind
from bot.investigation.model import State as Progress
from bot.investigation.starting import begins, may_start, why_no_model
from tests.bot.incident.examples import BOB, NOW, an_incident

OPEN = set(State) - OVER - {State.REPORTED, State.QUEUED}


def rights(rank: Rank) -> Rights:
    """Bob's, who has nothing to do with the incident."""
    return Rights(actor=BOB, rank=rank)


def an_investigation(kind: Kind = Kind.INVESTIGATION, state: Progress = Progress.LOOKING) -> Investigation:
    """Somebody's, of the same incident."""
    return Investigation(id="1", incident_id="incident-12", number=1, kind=kind, state=state, by=HOLDFAST, asked_at=NOW)


@pytest.mark.parametrize(("kind", "state", "rank"), list(product(Kind, State, Rank)))
def test_nobody_below_trusted_starts_anything(kind: Kind, state: State, rank: Rank) -> None:
    """And the trusted only what is open to work; a written record also of what is over."""
    incident = an_incident(state=state)
    allowed = rank >= Rank.TRUSTED and (state in OPEN or (kind is Kind.POSTMORTEM and state in OVER))
    if allowed:
        may_start(kind, incident, rights(rank))
    else:
        with pytest.raises(Refused) as refusal:
            may_start(kind, incident, rights(rank))
        assert isinstance(refusal.value, NotAllowed) == (rank < Rank.TRUSTED)


def test_a_private_incident_is_not_there_for_others() -> None:
    """Whoever may not see it learns the same as of one that is not; its members may have it looked into."""
    private = an_incident(private=True)
    with pytest.raises(NotFound):
        may_start(Kind.INVESTIGATION, private, rights(Rank.TRUSTED))
    with pytest.raises(NotFound):
        may_start(Kind.INVESTIGATION, private, rights(Rank.GUEST))
    may_start(Kind.INVESTIGATION, private, rights(Rank.TRUSTED), members=(BOB,))
    may_start(Kind.INVESTIGATION, private, rights(Rank.APPROVER))


@pytest.mark.parametrize(
    ("wanted", "other", "progress", "allowed"),
    [
        (Kind.INVESTIGATION, Kind.INVESTIGATION, Progress.ASKED, False),
        (Kind.INVESTIGATION, Kind.TRIAGE, Progress.LOOKING, False),
        (Kind.INVESTIGATION, Kind.INVESTIGATION, Progress.DONE, True),
        (Kind.INVESTIGATION, Kind.INVESTIGATION, Progress.STOPPED, True),
        (Kind.POSTMORTEM, Kind.INVESTIGATION, Progress.LOOKING, True),
        (Kind.POSTMORTEM, Kind.POSTMORTEM, Progress.COLLECTING, False),
    ],
)
def test_one_at_a_time(wanted: Kind, other: Kind, progress: Progress, allowed: bool) -> None:
    """Two that look at the same cost twice and find once; the written record is another work."""
    others = (an_investigation(other, progress),)
    if allowed:
        may_start(wanted, an_incident(), rights(Rank.TRUSTED), others=others)
    else:
        with pytest.raises(Refused, match="already"):
            may_start(wanted, an_incident(), rights(Rank.TRUSTED), others=others)


@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_what_begins_by_itself_follows_the_level(scheme: str) -> None:
    """The two worst are investigated, the third is triaged, the rest waits for somebody to ask."""
    found = [begins(an_incident(scheme=scheme, severity=level.id)) for level in SCHEMES[scheme].levels]
    assert found[:3] == [Kind.INVESTIGATION, Kind.INVESTIGATION, Kind.TRIAGE]
    assert set(found[3:]) == {None}


@pytest.mark.parametrize("state", State)
def test_nothing_begins_before_somebody_has_vouched_or_after_the_end(state: State) -> None:
    """The worst severity changes nothing about that: a stranger's report can claim it."""
    assert (begins(an_incident(state=state, severity="SEV1")) is not None) == (state in OPEN)


@pytest.mark.parametrize(
    ("changes", "terms", "why"),
    [
        ({}, {}, ""),
        ({}, {"kill": True}, "switched off"),
        ({}, {"halted": True}, "stopped"),
        ({"test": True}, {}, "a test"),
        ({"state": State.QUEUED}, {}, "accepted"),
        ({"state": State.REPORTED}, {}, "accepted"),
        ({"private": True}, {}, "private"),
        ({"private": True}, {"private": True}, ""),
        ({"private": True}, {"chosen": True}, ""),
        ({"private": True}, {"private": True, "chosen": False}, "chose"),
        ({}, {"chosen": False}, "chose"),
        ({}, {"absent": "There is no key."}, "There is no key."),
        ({"private": True}, {"absent": "There is no key."}, "private"),
    ],
)
def test_why_no_model_is_asked(
    changes: dict[str, Any],
    terms: dict[str, Any],  # whichever a case cares for
    why: str,
) -> None:
    """A sentence for people, or nothing where a model may see it."""
    usual: dict[str, Any] = {"kill": False, "private": False, "halted": False}
    said = why_no_model(an_incident(**changes), **usual | terms)
    assert (why in said) if why else said == ""
    assert said == "" or said.endswith(".")


@pytest.mark.parametrize("chosen", [None, True, False])
@pytest.mark.parametrize("private", [True, False])
def test_the_kill_switch_is_above_every_choice(chosen: bool | None, private: bool) -> None:
    """Nothing that is said of an incident lets a model see it while models are off, or everything is stopped."""
    for kill, halted in ((True, False), (False, True), (True, True)):
        assert why_no_model(an_incident(private=private), kill=kill, halted=halted, private=private, chosen=chosen)
