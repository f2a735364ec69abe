"""What follows `/postmortem`: a sub-word, an incident, and words. Never raises; what is not understood is help."""

import difflib
import re
from enum import StrEnum

from bot.incident.model import Actor, Frozen
from bot.incident.text import normalise, readable
from bot.incident.verbs import reference


class Word(StrEnum):
    """What can be asked for."""

    LIST = "list"
    SHOW = "show"
    DRAFT = "draft"
    REVIEW = "review"
    PUBLISH = "publish"
    SEARCH = "search"
    TODOS = "todos"
    WAIVE = "waive"
    HELP = "help"


#: How each is typed, and what it does.
USAGE = {
    Word.LIST: ("list", "The published post-mortems, the newest first."),
    Word.SHOW: ("show [INC-12]", "Where it stands, what it says by now, and what waits for people."),
    Word.DRAFT: ("draft [INC-12]", "Begin it where there is none, and write a section."),
    Word.REVIEW: ("review [INC-12] [@people]", "Ask people to read it before it is published."),
    Word.PUBLISH: ("publish [INC-12]", "The checklist, and the button that publishes it."),
    Word.SEARCH: ("search <words>", "The best passages of all published ones; words in quotes must stand together."),
    Word.TODOS: ("todos [INC-12] [words]", "The open action items, and why those that wait for a person do."),
    Word.WAIVE: ("waive [INC-12] [why]", "It closes without one; an approver decides, and the reason stays."),
    Word.HELP: ("help", "This."),
}
#: Those that are about no single incident.
_OF_ALL = frozenset({Word.LIST, Word.SEARCH, Word.HELP})
_SOMEBODY = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")


class Asked(Frozen):
    """What was typed. `ref` is the incident named (`INC-12`) or empty: the one of the room.

    `people` were named in `text`, which is what else was said. `alone`: nothing was typed at all. `near` is the word
    that was probably meant where it is help that is shown.
    """

    word: Word
    ref: str = ""
    text: str = ""
    people: tuple[Actor, ...] = ()
    alone: bool = False
    near: str = ""


def parse(typed: str) -> Asked:
    """`waive 12 why`, `review @ana`, `12`, or nothing, which shows; anything else is help."""
    first, rest = (*normalise(typed).split(maxsplit=1), "", "")[:2]
    if not first:
        return Asked(word=Word.SHOW, alone=True)
    said = first.casefold()
    if said not in set(Word):
        ref = "" if rest else reference(first, bare=True)
        return Asked(word=Word.SHOW, ref=ref) if ref else Asked(word=Word.HELP, text=readable(typed), near=_near(said))
    word = Word(said)
    if word is Word.LIST and rest:
        return Asked(word=Word.SEARCH, text=readable(rest))
    if word in _OF_ALL:
        return Asked(word=word, text=readable(rest))
    return _about(word, rest)


def _about(word: Word, said: str) -> Asked:
    second, rest = (*said.split(maxsplit=1), "", "")[:2]
    # `waive 3 nodes are back`: a number alone before words belongs to them
    ref = reference(second, bare=not rest or bool(_SOMEBODY.match(rest))) if second else ""
    rest = rest if ref else said
    if word is not Word.REVIEW:
        return Asked(word=word, ref=ref, text=readable(rest))
    people = tuple(dict.fromkeys(_SOMEBODY.findall(rest)))
    return Asked(word=word, ref=ref, text=readable(_SOMEBODY.sub(" ", rest)), people=people)


def _near(said: str) -> str:
    near = difflib.get_close_matches(said, list(Word), n=1, cutoff=0.6) if len(said) <= 12 else []
    return str(near[0]) if near else ""
