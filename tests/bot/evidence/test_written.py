"""The report without a model knows what is like it from before, and says where nobody could look."""

from datetime import timedelta

from bot.evidence.model import Answer, Evidence, Grade, Health, Kind, Piece, gather
from bot.evidence.written import Past, written
from tests.bot.evidence.examples import ASKED, CATALOGUE, START, WINDOW, a_piece
from tests.bot.incident.examples import a_report, an_incident

INCIDENT = an_incident(title="Uploads fail", report=a_report(service="nextcloud", what="Uploads fail with 507"))
ANSWERED = Health(source="Memory", asked="past incidents", kinds=(Kind.INCIDENT,))


def now() -> Evidence:
    """A volume that is full."""
    return gather(WINDOW, [a_piece(Kind.EVENT, -1, "no space left on volume nextcloud-data")], ASKED)


def before(number: int, title: str, service: str = "nextcloud") -> Piece:
    """An incident of a month ago."""
    at = START - timedelta(days=30 + number)
    return Piece(
        source="Memory", kind=Kind.INCIDENT, at=at, title=title, subject=f"INC-{number}", service=service,
        grade=Grade.INFO,
    )  # fmt: skip


def test_what_is_similar_becomes_evidence_and_nothing_else_of_the_past() -> None:
    """It has an id, and the report cites it."""
    like, other = before(3, "Uploads fail: no space left on volume"), before(4, "The certificate ran out", "blog")
    whole, report = written(now(), CATALOGUE, INCIDENT, Past(pieces=(like, other), health=(ANSWERED,)))
    remembered = [piece for piece in whole.pieces if piece.kind is Kind.INCIDENT]
    assert [piece.subject for piece in remembered] == ["INC-3"]
    assert [echo.piece for echo in report.similar] == [remembered[0].id]
    assert "once before" in report.remembered
    assert ANSWERED in whole.health


def test_nothing_like_it_is_the_first_recorded() -> None:
    """Only where somebody who remembers could be asked."""
    _, report = written(now(), CATALOGUE, INCIDENT, Past(health=(ANSWERED,)))
    assert report.remembered == "The first recorded incident of this kind with nextcloud."


def test_where_the_past_cannot_be_looked_at_that_is_said() -> None:
    """It is no claim that it never happened."""
    failed = ANSWERED.model_copy(update={"answer": Answer.FAILED, "sentence": "The database does not answer."})
    whole, report = written(now(), CATALOGUE, INCIDENT, Past(health=(failed,)))
    assert report.remembered == "Whether it happened before could not be looked at."
    assert failed in report.unseen
    assert len(whole.pieces) == 1
