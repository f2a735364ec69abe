"""What may be claimed: a sentence that cites evidence of this run. Whoever wrote it, rules or a model."""

from collections.abc import Iterable

from bot.evidence.model import Evidence
from bot.incident.model import Frozen


class Finding(Frozen):
    """A sentence, and the ids of the pieces that it rests on."""

    sentence: str
    pieces: tuple[str, ...]


def supported(findings: Iterable[Finding], evidence: Evidence) -> tuple[tuple[Finding, ...], int]:
    """Those that cite at least one piece that exists, citing only such, each once; and how many do not."""
    ids = evidence.ids
    asked = tuple(findings)
    checked = (
        finding.model_copy(update={"pieces": tuple(dict.fromkeys(id for id in finding.pieces if id in ids))})
        for finding in asked
    )
    kept = tuple(finding for finding in checked if finding.pieces and finding.sentence.strip())
    return kept, len(asked) - len(kept)
