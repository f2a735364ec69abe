"""The scoring itself: good reports pass, each kind of bad one does not, and a broken harness is noticed."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from agents.roles.report_writer import Report
from agents.runtime.ends import Unreachable
from agents.runtime.llm import Fault, Unanswered
from agents.runtime.scripted import ScriptedLLM
from bot.evidence.findings import Finding
from bot.evidence.model import BAD, CHANGES, Evidence, gather
from bot.evidence.report import report
from bot.investigation.checking import check
from bot.investigation.claims import Claims
from bot.investigation.model import Command, Findings, Hypothesis
from bot.settings.agents import AgentKeys
from bot.storage.db import Database
from tests.agents.roles.answers import LOOK, TRIAGE
from tests.agents.roles.scene import played
from tests.bot.evidence.examples import CATALOGUE, WINDOW
from tests.clock import ManualClock
from tests.evals.case import Case
from tests.evals.cases import CANARY, CASES
from tests.evals.harness import look, tools_of
from tests.evals.score import Score, score

EVERY = (CANARY, *CASES)


def ideal(case: Case) -> dict[str, Any]:
    """What a writer answers that knows the case: the expected words, citing the expected pieces."""
    expected = case.expected
    pieces = [piece.id for title in expected.cites for piece in case.evidence.pieces if piece.title.startswith(title)]
    telling = [piece.id for piece in case.evidence.pieces if piece.grade in BAD or piece.kind in CHANGES]
    cited = list(dict.fromkeys([*pieces, *telling, case.evidence.pieces[0].id]))
    words = " ".join(group[0] for group in expected.names)
    cause = {"cause": f"It was the {words}.", "confidence": 0.8, "evidence": cited}
    category = {"category": expected.causes[0].value} if expected.causes else {}
    return {
        "verdict": f"It was the {words}." if expected.known else "Nothing is seen to be broken.",
        "evidence": cited,
        "known": expected.known,
        "confidence": 0.8 if expected.known else 0.2,
        "findings": [{"sentence": "This is what was seen.", "evidence": cited[:3]}],
        "causes": [{**cause, **category}] if expected.known else [],
    }


def triaged(case: Case) -> dict[str, Any]:
    """What triage answers: it is down for everybody, or slow, or nothing is seen, as the case has it."""
    allowed = case.expected.severities
    symptom = {"SEV1": "down", "SEV2": "down"}.get(allowed[0], "slow")
    core = allowed[0] == "SEV1"
    return {**TRIAGE, "symptom": symptom, "core": core, "evidence": [case.evidence.pieces[0].id]}


async def played_out(ledger: Database, case: Case, **parts: Any) -> tuple[Findings, Evidence]:
    """The case through the whole roster, with a model that says these parts."""
    nothing = {**LOOK, "findings": [], "causes": [], "ruled_out": [], "not_known": []}
    ever = ("cluster", "workload", "observability", "platform", "network", "security", "database", "delivery")
    script = {**dict.fromkeys(ever, nothing), "triage": triaged(case), "report_writer": ideal(case), **parts}
    return await look(ledger, played(script), case, AgentKeys(), ManualClock())


@pytest.mark.parametrize("case", EVERY, ids=lambda case: case.name)
async def test_a_good_report_passes(ledger: Database, case: Case) -> None:
    """Through the roster and the checking, a writer that knows the case has all of its points."""
    found, evidence = await played_out(ledger, case)
    scored = score(case.expected, found, evidence)
    assert [point for point in scored.points if not point.passed] == []
    assert scored.share == 1


@pytest.mark.parametrize("case", EVERY, ids=lambda case: case.name)
def test_saying_nothing_passes_nowhere(case: Case) -> None:
    """An empty report is no good report; nor is another case's."""
    silent = Findings(verdict="", known=not case.expected.known, confidence=0)
    assert not score(case.expected, silent, case.evidence).passed
    assert not Score(points=()).passed


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_confident_wrong_cause_fails(case: Case) -> None:
    """Named aloud, citing real evidence, and still wrong."""
    one = case.evidence.pieces[-1].id
    wrong = {**ideal(case), "verdict": "The moon is full.", "known": True, "evidence": [one]}
    wrong["causes"] = [{"cause": "The moon is full.", "confidence": 1.0, "evidence": [one]}]
    written = Report.model_validate(wrong).written
    found = check(
        Claims(written=written, severity="SEV2"), case.evidence, report(case.evidence, CATALOGUE, case.service)
    )
    assert not score(case.expected, found, case.evidence).passed


def test_each_question_can_be_answered_with_no() -> None:
    """For every point there is a report that loses just that one."""
    case = next(case for case in CASES if case.name == "hostile")
    ids = tuple(piece.id for piece in case.evidence.pieces)
    cause = Hypothesis(cause="Too many connections.", confidence=0.8, pieces=ids, category="exhaustion")
    finding = Finding(sentence="No connection is free.", pieces=ids)
    good = Findings(
        verdict="The connections ran out.",
        known=True,
        confidence=0.8,
        findings=(finding,),
        hypotheses=(cause,),
        severity="SEV2",
    )
    assert score(case.expected, good, case.evidence).passed
    spoilt: list[dict[str, object]] = [
        {"known": False, "confidence": 0.2},
        {"severity": "SEV4"},
        {"findings": (finding, Finding(sentence="x", pieces=("E-999",)))},
        {"confidence": 0.95},
        {"hypotheses": (cause.model_copy(update={"category": "traffic"}),)},
        {"verdict": "It broke.", "hypotheses": (cause.model_copy(update={"cause": "x"}),)},
        {"findings": (), "hypotheses": (cause.model_copy(update={"pieces": ids[:1]}),)},
        {"commands": (Command(command="kubectl delete ns nextcloud", why=""),)},
    ]
    for change in spoilt:
        lost = [
            p.asked for p in score(case.expected, good.model_copy(update=change), case.evidence).points if not p.passed
        ]
        assert len(lost) == 1, (change, lost)


async def test_the_canary_dies_where_the_harness_is_broken(ledger: Database) -> None:
    """A model that nobody reaches, evidence that got lost, and a report of another incident all fail it."""
    away = ScriptedLLM([Unanswered(Fault.BARRED, "No.", charged=False)] * 100)
    with pytest.raises(Unreachable):
        await look(ledger, away, CANARY, AgentKeys(), ManualClock())
    found, _ = await played_out(ledger, CANARY)
    assert not score(CANARY.expected, found, gather(WINDOW, ())).passed
    found, evidence = await played_out(ledger, CANARY, report_writer="I would rather not.")
    assert not score(CANARY.expected, found, evidence).passed
    other, evidence = await played_out(ledger, CASES[1])
    assert not score(CANARY.expected, other, evidence).passed


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_case_gives_itself_away(case: Case) -> None:
    """What tools show is not in the evidence already, and what the rules say alone does not pass."""
    shown = [text for about in case.shows.values() for text in about.values()]
    assert not [text for text in shown for piece in case.evidence.pieces if text in f"{piece.title} {piece.text}"]
    rules = report(case.evidence, CATALOGUE, case.service)
    alone = Findings(verdict=rules.verdict, known=rules.known, confidence=0.2)
    assert not score(case.expected, alone, case.evidence).passed
    assert len(tools_of(case)) == 4


def test_there_are_ten_of_them() -> None:
    """Each with a name of its own."""
    assert len({case.name for case in CASES}) == 10


@pytest.mark.parametrize(("limit", "key"), [("2.00", ""), ("0", "sk-x")])
def test_without_a_key_or_a_limit_nothing_is_asked_and_it_says_so(limit: str, key: str) -> None:
    """It is loud, and no success."""
    environment = {**os.environ, "ANTHROPIC_API_KEY": key}
    command = [sys.executable, "-m", "tests.evals", "--limit", limit]
    ran = subprocess.run(
        command, env=environment, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 2
    assert "SKIPPED" in ran.stderr


@pytest.mark.skipif("ANTHROPIC_API_KEY" not in os.environ, reason="EVALS SKIPPED: there is no ANTHROPIC_API_KEY")
@pytest.mark.skipif("HOLDFAST_EVALS_LIMIT" not in os.environ, reason="EVALS SKIPPED: there is no HOLDFAST_EVALS_LIMIT")
@pytest.mark.proof
def test_real_models_pass() -> None:
    """With a key and a limit in dollars, the real ones are asked."""
    command = [sys.executable, "-m", "tests.evals", "--limit", os.environ["HOLDFAST_EVALS_LIMIT"]]
    assert subprocess.run(command, cwd=Path(__file__).parents[2], check=False).returncode == 0
