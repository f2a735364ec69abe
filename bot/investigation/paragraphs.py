"""What was found out, as Markdown for a document: by agents, or by rules alone."""

from collections.abc import Iterable

from bot.evidence.report import EvidenceReport
from bot.investigation.model import Findings


def of_findings(found: Findings) -> str:
    """What agents found, checked; each finding with the evidence that it cites."""
    lines = [found.verdict, ""]
    lines += _listed("", (f"{each.sentence} ({', '.join(each.pieces)})" for each in found.findings))
    lines += _listed("Likely causes:", (f"{each.cause} ({each.confidence:.0%})" for each in found.hypotheses))
    lines += _listed("Ruled out:", found.ruled_out)
    lines += _listed("Next:", found.next_steps)
    lines += [
        *([found.history, ""] if found.history else []),
        "*Written by agents from the evidence; please check it.*",
    ]
    return "\n".join(lines).strip()


def of_report(found: EvidenceReport, why: str) -> str:
    """What rules alone could tell, and why nobody looked further."""
    lines = [found.verdict, ""]
    lines += _listed("", (each.sentence for each in (*found.wrong, *found.changes)))
    lines += _listed("Ruled out:", found.ruled_out)
    lines += [*([found.remembered, ""] if found.remembered else []), f"*{found.label} {why}*".replace(" *", "*")]
    return "\n".join(lines).strip()


def _listed(head: str, said: Iterable[str]) -> list[str]:
    lines = [f"- {each}" for each in said]
    return [*([head, ""] if head else []), *lines, ""] if lines else []
