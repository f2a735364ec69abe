"""The report that rules write: verdict first, honest about what it does not know, and everything cited exists."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evidence.findings import Finding, supported
from bot.evidence.model import Answer, Evidence, Health, Kind, Piece, extended
from bot.evidence.rank import Likely
from bot.evidence.report import (
    CAUSES,
    CHANGES_TOLD,
    FINDINGS,
    PARTLY,
    SUREST,
    EvidenceReport,
    Standing,
    confidences,
    report,
)
from bot.evidence.signs import Cause
from bot.evidence.similar import Memory, question, similar
from bot.incident.catalogue import OTHER, Catalogue
from tests.bot.evidence.anything import EVIDENCE, PIECES, SERVICES
from tests.bot.evidence.examples import (
    ASKED,
    CATALOGUE,
    DATA,
    DEPENDENCY,
    DEPLOYMENT,
    DISK,
    DOWN,
    RING,
    START,
    TRAFFIC,
    WELL,
    a_piece,
    evidence,
    fine,
)
from tests.bot.evidence.test_similar import past


def told(*pieces: Piece, health: tuple[Health, ...] = ASKED, service: str = "nextcloud") -> EvidenceReport:
    """The report on these pieces."""
    return report(evidence(*pieces, health=health), CATALOGUE, service, Memory())


@pytest.mark.parametrize(
    ("pieces", "health", "standing", "verdict"),
    [
        (
            DEPLOYMENT,
            ASKED,
            Standing.BROKEN,
            "Nextcloud is in trouble. Likely cause: deployment. Release: revision 12, image nextcloud:31.",
        ),
        (
            DISK,
            ASKED,
            Standing.BROKEN,
            "Nextcloud is in trouble. Likely cause: exhaustion. The node k3s-2 is out of resources.",
        ),
        (
            DEPENDENCY,
            ASKED,
            Standing.BROKEN,
            "Nextcloud is in trouble. Likely cause: dependency. Postgres, which it needs, is in trouble.",
        ),
        (
            TRAFFIC,
            ASKED,
            Standing.BROKEN,
            "Nextcloud is in trouble. Likely cause: traffic. Nextcloud gets more traffic than usual.",
        ),
        (
            DATA,
            ASKED,
            Standing.BROKEN,
            "Nextcloud is in trouble. Possible cause: data. Something is wrong with the data of nextcloud.",
        ),
        (
            (a_piece(Kind.EVENT, 1, "BackOff"),),
            ASKED,
            Standing.SIGNS,
            "There were signs of trouble with nextcloud; whether it lasts is not seen. The cause is not known.",
        ),
        (
            (a_piece(Kind.NODE, 1, "NotReady", service="", subject="node/k3s-9"),),
            ASKED,
            Standing.NEAR,
            "Something near nextcloud is in trouble. Possible cause: dependency. The node k3s-9 is not well.",
        ),
        (
            WELL,
            ASKED,
            Standing.NOTHING_SEEN,
            "Nothing that was looked at shows nextcloud in trouble now. The cause is not known.",
        ),
        ((), DOWN, Standing.UNKNOWN, "How nextcloud is now could not be looked at. The cause is not known."),
        ((), (), Standing.UNKNOWN, "How nextcloud is now could not be looked at. The cause is not known."),
    ],
)
def test_the_verdict(pieces: tuple[Piece, ...], health: tuple[Health, ...], standing: Standing, verdict: str) -> None:
    """What is wrong now and why, in two or three sentences."""
    said = told(*pieces, health=health)
    assert (said.standing, said.verdict) == (standing, verdict)


def test_a_service_that_nobody_named_has_no_name() -> None:
    """Other is no name."""
    assert told(service=OTHER, health=()).verdict.startswith("How the service is now")


def test_what_is_wrong_and_what_changed() -> None:
    """At most three, what lasts first; a dependency says whose it is."""
    said = told(*DEPENDENCY)
    assert [finding.sentence for finding in said.wrong] == [
        "Probe: nextcloud answers 500, as it began.",
        "Workload: postgres: 0 of 1 ready (postgres, which it needs), 4 min before it began.",
        "Alert: PostgresDown (postgres, which it needs), 2 min before it began.",
    ]
    assert [finding.sentence for finding in said.changes] == ["Commit: Change the theme, 100 min before it began."]


def test_ruled_out_is_what_answered_and_showed_nothing() -> None:
    """A kind with trouble in it is not; nor one that another source could not answer."""
    everything = told(*WELL).ruled_out
    assert "its probes pass (probes)" in everything
    assert "no recent release (kubernetes)" in everything
    assert len(everything) == 11
    fewer = told(*WELL, a_piece(Kind.COMMIT, 9, "x"), a_piece(Kind.ALERT, 0, "y")).ruled_out
    assert set(everything) - set(fewer) == {
        "no recent commit (git)",
        "no alert about it or what it needs (prometheus)",
    }
    late = Health(source="alertmanager", asked="alerts", kinds=(Kind.ALERT,), answer=Answer.LATE)
    assert not any("alert" in said for said in told(*WELL, health=(*ASKED, late)).ruled_out)


def test_no_probe_is_no_proof_that_probes_pass() -> None:
    """How things stand has to have been seen, of the service itself."""
    assert not any("probes pass" in said for said in told().ruled_out)
    assert not any("probes pass" in said for said in told(fine(Kind.PROBE, "x", service="postgres")).ruled_out)


def test_what_could_not_be_looked_at_is_named() -> None:
    """And nothing is ruled out."""
    said = told(health=DOWN)
    assert [each.source for each in said.unseen] == [each.source for each in sorted(DOWN, key=lambda each: each.source)]
    assert said.ruled_out == ()
    assert not said.known


def test_nobody_is_surer_than_the_evidence_allows() -> None:
    """Capped, less where a source is away, and less where another cause is nearly as likely."""
    sure, partly = told(*DISK), told(*DISK, health=(*ASKED[:-1], DOWN[-1]))
    assert sure.suspects[0].confidence == SUREST
    assert partly.suspects[0].confidence == PARTLY

    def likely(score: float) -> Likely:
        return Likely(cause=Cause.DATA, what="x", score=score, reasons=())

    assert confidences([likely(0.9)], True) == (SUREST,)
    alone, rivalled = confidences([likely(0.7)], True), confidences([likely(0.7), likely(0.68)], True)
    assert alone == (0.7,)
    assert rivalled == (0.53, 0.51)
    assert confidences([], True) == ()


def test_a_finding_without_evidence_is_dropped() -> None:
    """Whoever claims it; what does not exist is not cited, and each piece once."""
    collected = evidence(*DATA)
    claimed = [
        Finding(sentence="It is the data.", pieces=("E-1", "E-99", "E-1")),
        Finding(sentence="It is the moon.", pieces=("E-99",)),
        Finding(sentence="Trust me.", pieces=()),
        Finding(sentence=" ", pieces=("E-1",)),
    ]
    assert supported(claimed, collected) == ((Finding(sentence="It is the data.", pieces=("E-1",)),), 3)


def test_the_past_is_cited_where_it_is_evidence() -> None:
    """What was remembered but not collected is left out; what was never looked at is not the first of its kind."""
    before = past("INC-3", "k3s-2 has DiskPressure, Evicted, ephemeral storage low")
    collected = evidence(*DISK)
    memory = similar(question(collected), "nextcloud", [before], START)
    assert report(collected, CATALOGUE, "nextcloud", memory).similar == ()
    said = report(extended(collected, [before]), CATALOGUE, "nextcloud", memory)
    assert [(echo.piece, echo.same_service) for echo in said.similar] == [("E-6", True)]
    assert said.remembered == "Something like it happened to nextcloud once before."
    assert said.cited[-1].title == before.title
    assert told(*DISK).remembered == "The first recorded incident of this kind with nextcloud."
    assert "could not be looked at" in report(collected, CATALOGUE, "nextcloud").remembered


def test_it_says_that_no_model_wrote_it() -> None:
    """In every report, with what it was made of."""
    said = told(*DEPLOYMENT, DEPLOYMENT[0])
    assert "without a model" in said.label
    assert (said.pieces, said.noise, said.dropped) == (6, 1, 0)


@given(EVIDENCE, st.sampled_from(SERVICES), st.sampled_from((CATALOGUE, RING)))
def test_whatever_was_collected(collected: Evidence, service: str, catalogue: Catalogue) -> None:
    """A report, within its bounds; every cited piece exists and is handed over, and a cause comes with findings."""
    memory = similar(question(collected), service, collected.pieces, START)
    said = report(collected, catalogue, service, memory)
    findings = [*said.wrong, *said.changes, *(each for suspect in said.suspects for each in suspect.findings)]
    cited = {id for finding in findings for id in finding.pieces} | {echo.piece for echo in said.similar}
    assert cited == {piece.id for piece in said.cited} <= collected.ids
    assert all(finding.pieces for finding in findings)
    assert len(said.wrong) <= FINDINGS
    assert len(said.suspects) <= CAUSES
    assert len(said.changes) <= CHANGES_TOLD
    for suspect in said.suspects:
        assert 0 < len(suspect.findings) <= FINDINGS
        assert 0 <= suspect.confidence <= SUREST
    assert said.known or said.verdict.endswith("The cause is not known.")


@given(st.lists(PIECES, max_size=12), st.randoms())
def test_the_same_evidence_has_the_same_report(pieces: list[Piece], random: Random) -> None:
    """In whatever order it was collected."""
    mixed = list(pieces)
    random.shuffle(mixed)
    assert told(*pieces) == told(*mixed)
