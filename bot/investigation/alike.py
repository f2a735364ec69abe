"""What several agents say alike is said once, with the evidence of all of them."""

import re
from collections.abc import Sequence

from bot.evidence.findings import Finding
from bot.investigation.model import Hypothesis

#: Of the words of two sentences about the same evidence, so many are the same.
_ALIKE = 0.6
_WORD = re.compile(r"\w+")


def merged_findings(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """In order; the first words stay, and the pieces of those like it are added."""
    kept: list[Finding] = []
    for each in findings:
        for at, before in enumerate(kept):
            if _same(before.sentence, before.pieces, each.sentence, each.pieces):
                kept[at] = before.model_copy(update={"pieces": tuple(dict.fromkeys((*before.pieces, *each.pieces)))})
                break
        else:
            kept.append(each)
    return tuple(kept)


def merged_hypotheses(hypotheses: Sequence[Hypothesis]) -> tuple[Hypothesis, ...]:
    """In order; the same kind of cause resting on the same evidence is one, as sure as the surest of them."""
    kept: list[Hypothesis] = []
    for each in hypotheses:
        for at, before in enumerate(kept):
            kin = bool(each.category) and before.category == each.category and set(before.pieces) & set(each.pieces)
            if kin or _same(before.cause, before.pieces, each.cause, each.pieces):
                pieces = tuple(dict.fromkeys((*before.pieces, *each.pieces)))
                sure = max(before.confidence, each.confidence)
                kept[at] = before.model_copy(update={"pieces": pieces, "confidence": sure})
                break
        else:
            kept.append(each)
    return tuple(kept)


def _same(one: str, ones: Sequence[str], other: str, others: Sequence[str]) -> bool:
    left, right = (set(_WORD.findall(text.casefold())) for text in (one, other))
    if left == right:
        return True
    shared = len(left & right) / len(left | right)
    return bool(set(ones) & set(others)) and shared >= _ALIKE
