"""The evidence report in Slack: the verdict first, short, within its limits, and nobody is called by what it says."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.evidence.model import Evidence, Kind, Piece
from bot.evidence.report import EvidenceReport, report
from bot.evidence.similar import question, similar
from bot.views.blocks import Rendered
from bot.views.evidence import evidence_report
from bot.workspace.slack import validate
from tests.bot.evidence.anything import EVIDENCE, SERVICES
from tests.bot.evidence.examples import (
    ASKED,
    CATALOGUE,
    DEPENDENCY,
    DEPLOYMENT,
    DISK,
    DOWN,
    START,
    TRAFFIC,
    WELL,
    a_piece,
    evidence,
)
from tests.bot.evidence.test_similar import past
from tests.bot.views.samples import NASTY


def made(collected: Evidence, service: str = "nextcloud") -> EvidenceReport:
    """The report on it, with what the evidence itself remembers."""
    return report(collected, CATALOGUE, service, similar(question(collected), service, collected.pieces, START))


def lines(shown: Rendered) -> list[str]:
    """All text of its blocks, line by line."""
    texts = [text["text"] for block in shown.blocks for text in block.get("elements", [block.get("text")])]
    return [line for text in texts for line in text.split("\n")]


def test_the_verdict_comes_first_and_the_label_last() -> None:
    """With how sure it is; each line leads to its evidence."""
    said = lines(evidence_report(made(evidence(*DEPLOYMENT))))
    assert said[:2] == [
        "*Nextcloud is in trouble. Likely cause: deployment. Release: revision 12, image nextcloud:31.*",
        "Confidence: likely, 80%",
    ]
    assert "• Release: revision 12, image nextcloud:31, 8 min before it began. [<https://k8s.example/12|E-3>]" in said
    assert sum("E-5" in line for line in said) == 1
    assert said[-1].startswith("Written without a model: by rules, from evidence only. 6 pieces of evidence")
    assert "without a model" in evidence_report(made(evidence(*DEPLOYMENT))).text


def test_what_is_not_known_is_said() -> None:
    """Every source down: each with its reason, no cause, nothing ruled out."""
    said = lines(evidence_report(made(evidence(health=DOWN))))
    assert said[0] == "*How nextcloud is now could not be looked at. The cause is not known.*"
    (unseen,) = [line for line in said if line.startswith("Not looked at: ")]
    assert "firing alerts (prometheus: No answer within 5 s)" in unseen
    assert not any(line.startswith(("Ruled out", "Confidence", "*Why*")) for line in said)


def test_what_was_ruled_out_and_what_was_before() -> None:
    """In small print, and with a link."""
    before = past("INC-3", "k3s-2 has DiskPressure, Evicted, ephemeral storage low", link="https://git.example/3.md")
    said = lines(evidence_report(made(evidence(*DISK, before))))
    assert any(line.startswith("Ruled out: no restarts (kubernetes); ") for line in said)
    (echo,) = [line for line in said if "k3s-2 has DiskPressure, Evicted" in line]
    assert echo.startswith("• Similar: ")
    assert "<https://git.example/3.md|E-1>" in echo
    assert "Something like it happened to nextcloud once before." in said
    assert "*What else is wrong*" in said
    assert any(line.startswith("Or exhaustion: nextcloud is out of resources (weak, ") for line in said)


@pytest.mark.parametrize("pieces", [DEPLOYMENT, DISK, DEPENDENCY, TRAFFIC, WELL, ()])
def test_it_is_short(pieces: tuple[Piece, ...]) -> None:
    """What somebody reads on a phone at three in the morning."""
    shown = evidence_report(made(evidence(*pieces)))
    assert validate.message(shown.blocks) == []
    assert len(shown.blocks) <= 10
    assert sum(len(line) for line in lines(shown)) < 2500


@given(EVIDENCE, st.sampled_from(SERVICES))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_anything_can_be_shown(collected: Evidence, service: str) -> None:
    """Whatever sources and people wrote."""
    check(evidence_report(made(collected, service)))


@pytest.mark.parametrize("text", [*NASTY, "<!channel> " * 100_000, "https://evil.example/?a=1&b=" + "&" * 5000])
def test_a_megabyte_is_cut(text: str) -> None:
    """In every place, and a link stays whole or is none."""
    link = text if text.startswith("http") else f"https://x.example/{text}"
    said = {"text": text, "subject": text, "link": link}
    kinds = [kind for kind in Kind if kind not in (Kind.INCIDENT, Kind.DOCUMENT)]
    pieces = [a_piece(kind, n, f"{text} {n}", **said) for kind in kinds for n in range(4)]
    health = tuple(each.model_copy(update={"sentence": text, "asked": text + each.source}) for each in (*ASKED, *DOWN))
    for service in ("nextcloud", text):
        shown = evidence_report(made(evidence(*pieces, health=health), service))
        check(shown)
        assert len(json.dumps(shown.blocks, ensure_ascii=False)) < 25_000


def check(shown: Rendered) -> None:
    """Slack takes it, and it calls nobody and breaks no link."""
    assert validate.message(shown.blocks) == []
    assert 0 < len(shown.text) <= 3000
    for line in (*lines(shown), shown.text):
        assert "<!channel>" not in line
        assert "<@" not in line
        assert line.count("<") == line.count(">"), line
