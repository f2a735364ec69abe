"""The sections of a post-mortem that agents draft, each resting on evidence or on a line of the timeline."""

from collections.abc import Collection, Sequence

from bot.evidence.model import Evidence
from bot.investigation.claims import Contribution, Why, Written
from bot.investigation.factors import NAMES, Factor
from bot.investigation.words import clean, line
from bot.postmortem.document.cells import cell, prose
from bot.postmortem.document.model import Part

#: Characters of a section; steps of the whys; factors.
SECTION, WHYS, FACTORS = 3000, 5, 6


def parts(written: Written, cited: Collection[str], evidence: Evidence) -> tuple[dict[str, str], int]:
    """The sections by their heading, as Markdown that begins no other; and how many claims in them rest on nothing."""
    kept = {
        section.part: text
        for section in reversed(written.sections)
        if set(section.pieces) & set(cited) and (text := _markdown(section.text, evidence))
    }
    founded = _founded(written.whys, cited)
    factors = [each for each in written.factors if set(each.pieces) & set(cited) and each.sentence.strip()]
    kept |= {Part.WHYS: _chain(written.whys, founded, evidence), Part.FACTORS: _factors(factors, evidence)}
    asked = len(written.sections) + len(written.whys) + len(written.factors)
    dropped = asked - sum(bool(set(each.pieces) & set(cited)) for each in written.sections) - founded - len(factors)
    return {part.value: kept[part] for part in Part if kept.get(part)}, dropped


def _founded(whys: Sequence[Why], cited: Collection[str]) -> int:
    """How many steps of the chain hold: it ends where a link is missing."""
    for at, why in enumerate(whys):
        if not set(why.pieces) & set(cited) or not why.because.strip():
            return at
    return len(whys)


def _chain(whys: Sequence[Why], founded: int, evidence: Evidence) -> str:
    """Numbered; the first question without an answer is asked, and says so."""
    lines = [f"{cell(line(why.why, evidence))} {cell(line(why.because, evidence))}" for why in whys[:founded]]
    if 0 < founded < len(whys) and whys[founded].why.strip():
        lines.append(f"{cell(line(whys[founded].why, evidence))} Not known.")
    return "\n".join(f"{number}. {said}" for number, said in enumerate(lines[:WHYS], 1))


def _factors(factors: Sequence[Contribution], evidence: Evidence) -> str:
    """Sorted by their kind."""
    order = list(Factor)
    kept = sorted(factors[:FACTORS], key=lambda each: order.index(each.factor))
    return "\n".join(f"- **{NAMES[each.factor]}:** {cell(line(each.sentence, evidence))}" for each in kept)


def _markdown(text: str, evidence: Evidence) -> str:
    """Paragraphs and bullets; everything else shows as it was written."""
    lines = clean(text, evidence)[:SECTION].split("\n")
    return "\n".join(f"- {cell(each[2:])}" if each.startswith("- ") else prose(each) for each in lines).strip()
