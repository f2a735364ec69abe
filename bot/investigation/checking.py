"""What may be believed of what agents say: nothing that cites no evidence of this run comes through here."""

import re
from collections.abc import Collection, Iterable, Sequence

from bot.evidence.findings import Finding, supported
from bot.evidence.model import BAD, CHANGES, MEMORY, Evidence
from bot.evidence.report import EvidenceReport
from bot.evidence.signs import Cause
from bot.incident.text import visible
from bot.investigation import sureness
from bot.investigation.alike import merged_findings, merged_hypotheses
from bot.investigation.claims import Claims, Looked, Remembered, RuledOut, Written
from bot.investigation.commands import destroys, sifted
from bot.investigation.model import ActionItem, Command, Findings, Hypothesis
from bot.investigation.sections import parts
from bot.investigation.words import line

WRITER = "report_writer"
_PATH = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_./@+-]*")
_CAUSES = frozenset(cause.value for cause in Cause)
#: So many of each are shown.
FINDINGS, HYPOTHESES, RULED_OUT, COMMANDS, NEXT, ITEMS, NOTES = 3, 3, 6, 3, 5, 8, 16
#: Where nobody has weighed it, a cause is taken for known from here on.
_LEAD = 0.6
#: Characters.
VERDICT, CHANGE, FILE = 500, 4000, 200


def check(claims: Claims, evidence: Evidence, report: EvidenceReport) -> Findings:
    """The findings. A writer chooses what is shown; where none of that holds, or there is no writer, it is what
    specialists said, each thing once. Without a verdict that rests on anything it is the rules' own.
    """
    written = claims.written
    said = [*([_as_looked(written)] if written else []), *claims.looked]
    findings, dropped = _findings(said, evidence)
    hypotheses, lost = _hypotheses(said, evidence, report)
    ruled, unruled = _ruled_out(said, evidence)
    commands, refused = sifted(written.commands if written else (), COMMANDS)
    verdict, known, sure, uncited = _verdict(claims, hypotheses, evidence, report)
    cited = evidence.ids | _lines(claims)
    items, unfounded = _items(written.items if written else (), cited, evidence)
    history, forgotten = _history(claims.remembered, evidence, report)
    sections, unwritten = parts(written, cited, evidence) if written else ({}, 0)
    notes = [*claims.notes, *(line(f"Not known: {each}", evidence) for look in said for each in look.unknown)]
    if refused:
        notes.append("A command was left out: it could destroy or hide something, or is not known here.")
    return Findings(
        verdict=verdict,
        known=known,
        confidence=sure,
        findings=findings,
        hypotheses=hypotheses,
        ruled_out=ruled,
        commands=tuple(_command(each, evidence) for each in commands),
        severity=claims.severity,
        severity_reason=claims.severity_reason,
        history=history,
        next_steps=_steps(written.next_steps if written else (), evidence),
        notes=_unique(notes)[:NOTES],
        dropped=dropped + lost + unruled + uncited + unfounded + unwritten + forgotten,
        items=items,
        parts=sections,
        wish=written.wish if written and not uncited else "",
    )


def _lines(claims: Claims) -> frozenset[str]:
    return frozenset(f"L-{number}" for number in range(1, claims.lines + 1))


def _as_looked(written: Written) -> Looked:
    return Looked(
        agent=WRITER,
        findings=written.findings,
        hypotheses=written.hypotheses,
        ruled_out=written.ruled_out,
    )


def _findings(said: Sequence[Looked], evidence: Evidence) -> tuple[tuple[Finding, ...], int]:
    """Of whom any hold, the writer before all others; and how many of all do not."""
    held = [
        supported(
            [each.model_copy(update={"sentence": line(each.sentence, evidence)}) for each in look.findings], evidence
        )
        for look in said
    ]
    dropped = sum(missing for _, missing in held)
    chosen = [kept for look, (kept, _) in zip(said, held, strict=True) if look.agent == WRITER and kept]
    merged = merged_findings([finding for kept in chosen or [kept for kept, _ in held] for finding in kept])
    return merged[:FINDINGS], dropped


def _hypotheses(
    said: Sequence[Looked], evidence: Evidence, report: EvidenceReport
) -> tuple[tuple[Hypothesis, ...], int]:
    """The same, with the confidence that they may have."""
    ids = evidence.ids
    held: list[tuple[str, Hypothesis]] = []
    for look in said:
        for each in look.hypotheses:
            pieces = tuple(dict.fromkeys(id for id in each.pieces if id in ids))
            cause = line(each.cause, evidence)
            if pieces and cause:
                category = each.category if each.category in _CAUSES else ""
                update = {"cause": cause, "pieces": pieces, "category": category}
                held.append((look.agent, each.model_copy(update=update)))
    dropped = sum(len(look.hypotheses) for look in said) - len(held)
    chosen = [each for agent, each in held if agent == WRITER] or [each for _, each in held]
    return sureness.capped(merged_hypotheses(chosen), evidence, report, HYPOTHESES), dropped


def _ruled_out(said: Sequence[Looked], evidence: Evidence) -> tuple[tuple[str, ...], int]:
    asked = [each for look in said for each in look.ruled_out]
    kept = [what for each in asked if _can_be_ruled_out(each, evidence) and (what := line(each.what, evidence))]
    return _unique(kept)[:RULED_OUT], len(asked) - len(kept)


def _can_be_ruled_out(claim: RuledOut, evidence: Evidence) -> bool:
    """Only by somebody who looked: a piece that is cited, of a source that did not break off; or, where it is said that
    there is nothing, every source that could have shown it has answered, and nothing of the kind is bad or changed.
    """
    kinds = set(claim.kinds)
    unanswered = {kind for each in evidence.health if not each.reachable for kind in each.kinds}
    answered = {kind for each in evidence.health if each.reachable for kind in each.kinds}
    if kinds & unanswered:
        return False
    if evidence.ids & set(claim.pieces):
        return True
    shown = {piece.kind for piece in evidence.pieces if piece.grade in BAD or piece.kind in CHANGES}
    return bool(kinds) and kinds <= answered and not kinds & shown


def _verdict(
    claims: Claims, hypotheses: Sequence[Hypothesis], evidence: Evidence, report: EvidenceReport
) -> tuple[str, bool, float, int]:
    """Verdict, whether the cause is known, how sure that is, and 1 if the writer's own rests on nothing."""
    best = max((each.confidence for each in hypotheses), default=0.0)
    written = claims.written
    if written is None:
        known = bool(hypotheses) and (report.known or best >= _LEAD)
        lead = f"{report.verdict.partition('. ')[0]}. Best lead: {hypotheses[0].cause}" if hypotheses else ""
        verdict = report.verdict if report.known else lead or report.verdict
        return verdict, known, best if known else min(best, sureness.UNKNOWN), 0
    text = line(written.verdict, evidence, VERDICT)
    said = sureness.HEARSAY if set(written.pieces) & _lines(claims) else 0.0
    most = sureness.cap(written.pieces, evidence) or said
    if not most or not text:
        return report.verdict, False, min(best, sureness.UNKNOWN), 1
    if not written.known:
        return text, False, min(written.confidence, most, sureness.UNKNOWN), 0
    return text, True, round(min(written.confidence, most, best or most), 2), 0


def _history(remembered: Sequence[Remembered], evidence: Evidence, report: EvidenceReport) -> tuple[str, int]:
    """The historian's sentences that rest on something; where none rests on the past, the rules' own first."""
    past = {piece.id for piece in evidence.pieces if piece.kind in MEMORY}
    kept = [each for each in remembered if evidence.ids & set(each.pieces) and each.sentence.strip()]
    told = [] if any(past & set(each.pieces) for each in kept) else [report.remembered]
    told += [line(each.sentence, evidence) for each in kept]
    return " ".join(_unique(told)), len(remembered) - len(kept)


def _items(
    items: Sequence[ActionItem], cited: Collection[str], evidence: Evidence
) -> tuple[tuple[ActionItem, ...], int]:
    """Action items that rest on something. What they say of a file is a draft for people."""
    kept = []
    for item in items:
        pieces = tuple(dict.fromkeys(id for id in item.pieces if id in cited))
        action = line(item.action, evidence)
        if pieces and action:
            # a draft is kept as it is, but for what cannot be seen: whoever mends its words breaks what it does
            drafted = {"file": _path(item.file), "change": visible(item.change)[:CHANGE]}
            kept.append(item.model_copy(update={"action": action, "pieces": pieces, **drafted}))
    return tuple(sorted(kept, key=lambda item: item.priority.value))[:ITEMS], len(items) - len(kept)


def _path(said: str) -> str:
    """A path within a repository; empty where it can be none."""
    return said if len(said) <= FILE and _PATH.fullmatch(said) and ".." not in said.split("/") else ""


def _steps(steps: Sequence[str], evidence: Evidence) -> tuple[str, ...]:
    """What to do next, in words; a step that spells out how to destroy something is none."""
    return _unique(line(step, evidence) for step in steps if not destroys(step))[:NEXT]


def _command(command: Command, evidence: Evidence) -> Command:
    return command.model_copy(update={"why": line(command.why, evidence)})


def _unique(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line for line in lines if line))
