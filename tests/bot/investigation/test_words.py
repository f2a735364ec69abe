"""What agents write names no evidence and no page that there is not."""

from bot.investigation.claims import Claims
from tests.bot.investigation.test_checking import DEPLOYED, RELEASE, a_report, checked


def test_links_that_evidence_does_not_have_are_left_out() -> None:
    """A page of the evidence may be named; another one, in whatever sentence, may not."""
    link = next(piece.link for piece in DEPLOYED.pieces if piece.id == RELEASE)
    verdict = f"See {link} and https://evil.example/?leak=1."
    assert checked(Claims(written=a_report(verdict=verdict))).verdict == f"See {link} and (link left out)"
