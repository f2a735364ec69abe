"""Who looks: three always, two more by one map, whatever order the evidence came in and whoever shouts."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evidence.model import Evidence, Grade, Kind, gather
from bot.investigation.domains import ALWAYS, MOST, Domain, Specialist, domains, specialists
from tests.bot.evidence.anything import EVIDENCE
from tests.bot.evidence.examples import DATA, DEPENDENCY, DEPLOYMENT, DISK, WELL, WINDOW, a_piece, evidence

TOLD = st.lists(st.sampled_from(Domain), max_size=6)


@pytest.mark.parametrize(
    ("pieces", "points"),
    [(DEPLOYMENT, Domain.DEPLOY), (DISK, Domain.STORAGE), (DEPENDENCY, Domain.DATABASE), (DATA, Domain.DATABASE)],
    ids=["deployment", "disk", "dependency", "data"],
)
def test_evidence_points_to_its_domain(pieces: tuple[object, ...], points: Domain) -> None:
    """Every kind of incident that rules know has its domain among the first two."""
    assert points in domains(gather(WINDOW, pieces))[:2]  # type: ignore[arg-type]  # each a tuple of pieces


def test_healthy_evidence_points_nowhere() -> None:
    """What is as it should be calls for nobody beyond those who always look."""
    assert domains(evidence(*WELL)) == ()
    assert specialists([], evidence(*WELL)) == ALWAYS


def test_triage_and_evidence_choose_one_each() -> None:
    """The first more is triage's, the second the evidence's, so that neither chooses alone."""
    both = specialists([Domain.AUTH, Domain.NETWORKING], evidence(*DISK))
    assert both == (*ALWAYS, Specialist.SECURITY, Specialist.PLATFORM)


def test_where_one_points_nowhere_the_other_has_both() -> None:
    """Without evidence triage names two; without triage the evidence does."""
    told = specialists([Domain.AUTH, Domain.NETWORKING, Domain.DATABASE], evidence(*WELL))
    assert told == (*ALWAYS, Specialist.SECURITY, Specialist.NETWORK)
    assert len(specialists([], evidence(*DISK, *DEPENDENCY))) == MOST


def test_a_hundred_alerts_about_one_thing_say_it_once() -> None:
    """A flood about one subject is not louder than three things that are broken."""
    flood = [
        a_piece(Kind.ALERT, minute, f"redis is slow {minute}", subject="deployment/redis") for minute in range(100)
    ]
    broken = [a_piece(Kind.NODE, 1, f"k3s-{n} is NotReady", subject=f"node/k3s-{n}") for n in range(3)]
    assert domains(evidence(*flood, *broken))[0] is Domain.COMPUTE


def test_what_people_say_chooses_nobody() -> None:
    """A report full of words of one domain calls no specialist of it."""
    said = a_piece(Kind.PERSON, 0, "postgres database DNS vault login", grade=Grade.CRITICAL)
    assert domains(evidence(said)) == ()


@given(EVIDENCE, TOLD)
def test_there_are_three_to_five_of_them(any_evidence: Evidence, told: list[Domain]) -> None:
    """Whatever the evidence and whatever triage says: those who always look, and at most two more, each once."""
    chosen = specialists(told, any_evidence)
    assert chosen[:3] == ALWAYS
    assert len(chosen) == len(set(chosen)) <= MOST


@given(EVIDENCE, TOLD, st.randoms())
def test_the_order_of_evidence_does_not_matter(
    any_evidence: Evidence, told: list[Domain], chance: random.Random
) -> None:
    """The same pieces in another order choose the same."""
    pieces = list(any_evidence.pieces)
    chance.shuffle(pieces)
    assert specialists(told, gather(WINDOW, pieces)) == specialists(told, gather(WINDOW, any_evidence.pieces))
