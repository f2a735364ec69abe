"""What follows `/postmortem`: a sub-word, an incident, and words. Never raises; what is not understood is help."""

import re
from enum import StrEnum

from bot.incident.model import Frozen
from bot.incident.text import normalise, readable

_REF = re.compile(r"#?(?:inc-)?(\d{1,9})(?:-[\w-]*)?", re.IGNORECASE | re.ASCII)


class Word(StrEnum):
    """What can be asked for."""

    SHOW = "show"
    WAIVE = "waive"
    HELP = "help"


#: How each is typed, and what it does.
USAGE = {
    Word.SHOW: (
        "show [INC-12]",
        "What is known of it by now, as its post-mortem will have it, and what waits for people.",
    ),
    Word.WAIVE: ("waive [INC-12] [why]", "It closes without one; an approver decides, and the reason stays."),
    Word.HELP: ("help", "This."),
}


class Asked(Frozen):
    """What was typed. `ref` is the incident named (`INC-12`) or empty: the one of the room."""

    word: Word
    ref: str = ""
    text: str = ""


def parse(typed: str) -> Asked:
    """`waive 12 why`, `show`, `12`, or nothing, which shows; anything else is help."""
    words = normalise(typed).split(maxsplit=2)
    first = words[0].casefold() if words else Word.SHOW.value
    if first not in set(Word):
        ref = _REF.fullmatch(first)
        return Asked(word=Word.SHOW, ref=f"INC-{ref[1]}") if ref and len(words) == 1 else Asked(word=Word.HELP)
    ref = _REF.fullmatch(words[1]) if len(words) > 1 else None
    if len(words) > 2 and words[1].lstrip("#").isdecimal():  # `waive 3 nodes are back`: the number belongs to the words
        ref = None
    rest = words[2:] if ref else words[1:]
    return Asked(word=Word(first), ref=f"INC-{ref[1]}" if ref else "", text=readable(" ".join(rest)))
