"""What follows `/postmortem`: a sub-word, an incident, and words. Never raises; what is not understood is help."""

from enum import StrEnum

from bot.incident.model import Frozen
from bot.incident.text import normalise, readable
from bot.incident.verbs import reference


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
        ref = reference(first, bare=True) if len(words) == 1 else ""
        return Asked(word=Word.SHOW, ref=ref) if ref else Asked(word=Word.HELP)
    # `waive 3 nodes are back`: a number alone before words belongs to them
    ref = reference(words[1], bare=len(words) == 2) if len(words) > 1 else ""
    rest = words[2:] if ref else words[1:]
    return Asked(word=Word(first), ref=ref, text=readable(" ".join(rest)))
