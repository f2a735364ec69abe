"""How sure anybody may be, cap by cap."""

from bot.evidence.report import report
from bot.investigation import sureness
from bot.investigation.model import Hypothesis
from tests.bot.evidence.examples import CATALOGUE, DEPLOYMENT, evidence


def test_one_source_alone_is_less_sure() -> None:
    """Nothing backs it."""
    of = evidence(*DEPLOYMENT)
    release = next(piece.id for piece in of.pieces if piece.title.startswith("revision 12"))
    cause = Hypothesis(cause="The release.", confidence=1.0, pieces=(release,), category="deployment")
    found = sureness.capped((cause,), of, report(of, CATALOGUE, "nextcloud"), 3)
    assert [each.confidence for each in found] == [sureness.ONE_SOURCE]
