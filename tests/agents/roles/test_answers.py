"""Answers of agents: a form that a model can fill in, cut to what people can read, with no room for more."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from agents.roles.historian import History
from agents.roles.issue_responder import Assessment
from agents.roles.report_writer import PostmortemReport, Report
from agents.roles.specialist import Look
from agents.roles.triage import Triage
from agents.runtime.role import Answer
from bot.change.feature import MAY_PREPARE, Wish, judged
from bot.evidence.model import Kind
from bot.incident.schemes import SCHEMES, SEV
from bot.investigation.claims import RuledOut
from bot.postmortem.document.model import Part
from tests.agents.roles.answers import LOOK, POSTMORTEM, REPORT, TRIAGE

ANSWERS: dict[type[Answer], dict[str, Any]] = {
    Triage: TRIAGE,
    Look: LOOK,
    History: {"first_recorded": True},
    Report: REPORT,
    PostmortemReport: POSTMORTEM,
    Assessment: {"decision": "ask", "assessment": "It does not say which service.", "evidence": ["L-1"]},
}


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.__name__)
def test_the_form_allows_nothing_besides(answer: type[Answer]) -> None:
    """Every object of the schema is closed, so that a model has no place for what nobody asked for."""
    open_ones = [
        name
        for name, part in {"": answer.model_json_schema(), **answer.model_json_schema().get("$defs", {})}.items()
        if part.get("type") == "object" and part.get("additionalProperties") is not False
    ]
    assert open_ones == []
    with pytest.raises(ValidationError):
        answer.model_validate({**ANSWERS[answer], "severity": "SEV1", "approved": True})


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.__name__)
def test_an_answer_says_the_same_after_it_was_kept(answer: type[Answer]) -> None:
    """It is stored as JSON between crashes, and read back."""
    said = answer.model_validate(ANSWERS[answer])
    assert answer.model_validate(json.loads(said.model_dump_json())) == said


@given(st.text(min_size=1, max_size=5000), st.integers(0, 60))
def test_what_is_too_long_is_cut_and_not_lost(text: str, many: int) -> None:
    """A report with one sentence too many or too long is still a report."""
    finding = {"sentence": text, "evidence": [f"E-{n}" for n in range(many)]}
    said = Report.model_validate({**REPORT, "verdict": text, "findings": [finding] * many, "next_steps": [text] * many})
    assert len(said.verdict) <= 500
    assert len(said.findings) <= 3
    assert len(said.next_steps) <= 5
    assert all(len(each.sentence) <= 400 and len(each.evidence) <= 12 for each in said.findings)


@pytest.mark.parametrize("sure", [-5, 0, 0.3, 1, 95, 1e308])
def test_confidence_is_kept_within_its_range(sure: float) -> None:
    """A model that counts in percent is no reason to lose its report."""
    assert 0 <= Report.model_validate({**REPORT, "confidence": sure}).confidence <= 1


@pytest.mark.parametrize("sure", ["very", None, "NaN", [0.5]])
def test_what_is_no_figure_is_refused(sure: object) -> None:
    """It is asked again, and told why."""
    with pytest.raises(ValidationError):
        Report.model_validate({**REPORT, "confidence": sure})


def test_code_reads_severity_off_the_table() -> None:
    """The same answers make the level of whichever scheme is active; without evidence they make none."""
    said = Triage.model_validate({**TRIAGE, "symptom": "down", "core": True, "evidence": ["E-1", "E-9"]})
    levels = {id: found.level for id, scheme in SCHEMES.items() if (found := said.severity(scheme, frozenset({"E-1"})))}
    assert levels == {"sev": "SEV1", "p1": "P2", "p0": "P1"}
    assert said.severity(SEV, frozenset()) is None


def test_a_specialists_answer_becomes_claims() -> None:
    """Nothing of it is left behind, and nothing added."""
    looked = Look.model_validate(LOOK).looked("workload")
    assert [each.pieces for each in looked.findings] == [("E-1",)]
    assert [(each.category, each.confidence) for each in looked.hypotheses] == [("deployment", 0.8)]
    assert looked.ruled_out == (RuledOut(what="No node is in trouble.", kinds=(Kind.NODE,)),)
    assert looked.unknown == ("Whether the volume is slow.",)


def test_the_post_mortems_sections_become_claims() -> None:
    """By their headings, with what they rest on."""
    written = PostmortemReport.model_validate(POSTMORTEM).written
    assert [(each.part, each.pieces) for each in written.sections] == [(Part.SUMMARY, ("L-1",))]
    assert written.verdict == REPORT["verdict"]


def test_a_wish_that_is_not_proposed_is_not_known() -> None:
    """Whoever only asks, or sends it to a person, has decided nothing."""
    said = {"assessment": "A new service.", "evidence": ["L-1"], "risks": ["It is not known here."]}
    assert Assessment.model_validate({"decision": "propose", **said}).written.known
    escalated = Assessment.model_validate({"decision": "escalate", **said}).written
    assert not escalated.known
    assert escalated.next_steps == ("Risk: It is not known here.",)


@pytest.mark.parametrize("decision", ["propose", "escalate", "ask"])
@pytest.mark.parametrize("kind", [*Wish, None])
def test_a_wish_may_be_prepared_only_where_it_is_proposed(decision: str, kind: Wish | None) -> None:
    """By one of the five kinds; without a kind, or with a doubt, a person decides."""
    said = {**ANSWERS[Assessment], "decision": decision, **({"kind": kind.value} if kind else {})}
    ruling = judged(Assessment.model_validate(said).written.wish)
    assert ruling.may_prepare == (decision == "propose" and kind in MAY_PREPARE)
    assert ruling.wish is kind or ruling.wish is Wish.OTHER
