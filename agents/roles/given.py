"""What agents are given of a case: data in envelopes, the telling first, and no more than a prompt has room for."""

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from agents.runtime.given import Given
from agents.runtime.role import Answer
from bot.evidence.model import BAD, CHANGES, MEMORY, Evidence, Kind, Piece
from bot.evidence.report import EvidenceReport
from bot.incident.text import shorten
from bot.investigation.model import Findings
from bot.ports import Case

#: Bytes of evidence, and of each of the other envelopes; characters of a piece's text.
EVIDENCE, OTHER, TEXT = 32_000, 8_000, 600
#: Lines of the timeline; the newest stay, numbered from 1 all the same.
LINES = 120


def lines(case: Case) -> tuple[str, ...]:
    """What people recorded, oldest first; the first line is the report itself. Cited as `L-1`, `L-2`, in this order."""
    report = case.incident.report
    reported = shorten(f"Reported: {case.incident.title}. {report.what}", TEXT)
    return (reported, *case.timeline[-(LINES - 1) :])


def opening(case: Case, evidence: Evidence, cited: Collection[str] = ()) -> list[Given]:
    """What every agent begins with; what is `cited` is shown before other evidence."""
    timeline = [f"L-{number}: {line}" for number, line in enumerate(lines(case), 1)]
    return [
        Given("report", case.incident.key, _report(case)),
        *([Given("question", "", shorten(case.investigation.question, 2000))] if case.investigation.question else []),
        *([Given("corrections", "", _fitting(case.corrections, OTHER))] if case.corrections else []),
        Given("timeline", "", _fitting(timeline, OTHER)),
        *known(evidence, case.report, cited),
    ]


def known(evidence: Evidence, report: EvidenceReport, cited: Collection[str] = ()) -> list[Given]:
    """The evidence, what rules make of it, and which sources answered. What is `cited` comes before all else."""
    first = {*cited, *(piece.id for piece in report.cited)}
    ordered = sorted(evidence.pieces, key=lambda piece: (piece.id not in first, _rank(piece), piece.number))
    shown = _fitting([_told(piece) for piece in ordered], EVIDENCE)
    left_out = len(ordered) - len(shown)
    health = [f"{each.source}: {each.asked}: {each.answer.value}. {each.sentence}".strip() for each in evidence.health]
    return [
        Given("evidence", "", {"pieces": shown, **({"left_out": left_out} if left_out else {})}),
        Given("sources", "", _fitting(health, OTHER)),
        Given("rules", "", _rules(report)),
    ]


def said(agent: str, answer: Answer) -> Given:
    """What another agent answered; data like everything else."""
    told = answer.model_dump(mode="json", exclude_defaults=True)
    whole = json.dumps(told)
    return Given("agent", agent, told if len(whole) <= OTHER else f"{whole[:OTHER]} (cut)")


def earlier(number: int, findings: Findings) -> Given:
    """What an investigation found before; its evidence has other ids by now, so it is told without any."""
    told = {
        "verdict": findings.verdict,
        "known": findings.known,
        "findings": [each.sentence for each in findings.findings],
        "causes": [each.cause for each in findings.hypotheses],
        "ruled_out": list(findings.ruled_out),
        "history": findings.history,
    }
    return Given("earlier", f"investigation {number}", told)


def _report(case: Case) -> dict[str, Any]:
    report, incident = case.incident.report, case.incident
    impact = {part: text for part, text in incident.impact.model_dump().items() if text}
    return {
        "title": incident.title,
        "service": report.service,
        "what": shorten(report.what, 3000),
        "expected": shorten(report.expected, 500),
        "error_kind": report.error_kind,
        "scope": report.scope.value,
        "started": _time(case.evidence.window.start),
        "now": _time(case.evidence.window.until),
        "state": incident.state.value,
        **({"impact": impact} if impact else {}),
        **({"ended": incident.resolution.model_dump(mode="json", include={"fix", "cause", "ended"})}
           if incident.resolution else {}),
    }  # fmt: skip


def _rules(report: EvidenceReport) -> dict[str, Any]:
    return {
        "verdict": report.verdict,
        "suspects": [
            {"cause": each.cause, "what": each.what, "confidence": each.confidence, "evidence": _ids(each.findings)}
            for each in report.suspects
        ],
        "ruled_out": list(report.ruled_out),
        "remembered": report.remembered,
        "similar": [{"evidence": each.piece, "title": each.title} for each in report.similar],
    }  # fmt: skip


def _ids(findings: Iterable[Any]) -> list[str]:  # Any: whatever has pieces
    return list(dict.fromkeys(id for finding in findings for id in finding.pieces))


def _told(piece: Piece) -> dict[str, Any]:
    """What there is to a piece; what is empty is left out."""
    told = piece.model_dump(mode="json", exclude_defaults=True, exclude={"link"}) | {"grade": piece.grade.value}
    if len(piece.text) > TEXT:
        told["text"] = f"{piece.text[:TEXT]}… (evidence_lookup shows the whole)"
    return told


def _rank(piece: Piece) -> int:
    """What is wrong, then what changed, what people said, what was before, and the rest."""
    if piece.grade in BAD:
        return 0
    if piece.kind in CHANGES:
        return 1
    return 2 if piece.kind is Kind.PERSON else 3 if piece.kind in MEMORY else 4


def _fitting(items: Sequence[Any], most: int) -> list[Any]:  # Any: JSON of any shape
    """As many of the first as fit into so many bytes."""
    kept: list[Any] = []
    for item in items:
        most -= len(json.dumps(item, ensure_ascii=False, default=str).encode("utf-8", "replace")) + 2
        if most < 0:
            break
        kept.append(item)
    return kept


def _time(at: Any) -> str:  # Any: a datetime, which knows its format
    return f"{at:%Y-%m-%d %H:%M} UTC"
