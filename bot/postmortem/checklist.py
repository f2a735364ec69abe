"""What is to be seen to before a post-mortem is published (seed 004), with what a machine can tell ticked already."""

import re
from collections.abc import Callable, Iterator, Sequence

from bot.incident.model import Frozen
from bot.incident.text import shorten
from bot.postmortem.assignment import owner_in
from bot.postmortem.blocks import Block, Heading, Listing, Table, Text, blocks, commented, pieces, text
from bot.postmortem.card import facts, unwritten
from bot.postmortem.document.model import Part
from bot.postmortem.document.parse import parse, sections
from bot.postmortem.model import Item, Priority, Reading
from bot.postmortem.words import outside_code, phrases, plain

#: So many places are named in a sentence; of the others, how many there are.
_NAMED = 3
_LOOSE = re.compile(r"(?<!\w)(?:TODO|TBD|XXX|FIXME|TBC)(?!\w)")
_TARGET = re.compile(r"\[([^\[\]]*)\]\(([^()]*)\)")
_NOWHERE = {"", "#", "url", "link", "todo", "tbd", "xxx", "...", "…"}
_BARE = re.compile(r"https?://(?=[\s()\[\]<>|\"'`.,;]|$)")
_MENTION = re.compile(r"<@[UW][A-Z0-9]+(?:\|[^<>]*)?>")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_ISSUE = re.compile(r"#\d|https?://|\b[A-Z][A-Z0-9]+-\d")
_PERSON = (
    "he|she|i|you|engineers?|operators?|admins?|administrators?|developers?|responders?|on-call|person|colleagues?"
)
#: Words that judge a person. A program that failed to start, or an alert that should have fired, is none of that.
_BLAME = phrases(rf"""
    should have known(?: better)? | careless(?:ly|ness)? | reckless(?:ly|ness)? | stupid(?:ly|ity)? | idiot(?:s|ic)?
    | incompeten(?:t|ce) | negligen(?:t|ce) | sloppy | fault of | (?:his|her|their|your|my) (?:own )?fault
    | (?:is|are|was|were) to blame | human error | forgot to | neglected to | did not bother | didn't bother
    | screwed up | messed up | (?:{_PERSON}|@[\w-]+) (?:failed|refused) to | (?:{_PERSON}|@[\w-]+) should have \w+
""")
#: No document does without these; what else their headings are called.
_NEEDED = {Part.SUMMARY: ("what happened", "overview"), Part.IMPACT: ("affected",), Part.ROOT_CAUSE: ("why ", "cause")}


class Check(Frozen):
    """One point of the list. `sentence` says how it stands, or what to do and where."""

    name: str
    done: bool
    sentence: str


class _Seen(Frozen):
    """A document, read. `there` are its sections of the template by name, `parts` those of them that are written;
    `said` is each piece of text, with its line, that is no action item.
    """

    there: frozenset[str]
    parts: frozenset[Part]
    whole: Text
    found: tuple[Block, ...]
    said: tuple[tuple[int, str], ...]


def checklist(
    content: str, reading: Reading, *, names: bool = False, reviewed: bool = False, private: bool = False
) -> tuple[Check, ...]:
    """Every point, in the order in which a person goes through them. `reading` is of this very content.

    `names` is whether documents may name people, `reviewed` whether somebody who was there has read it; a `private`
    one has no issue. Never fails.
    """
    seen = _seen(content, reading)
    still = [item for item in reading.items if item.is_open]
    first = {Priority.P0, Priority.P1}
    points = (
        _sections(seen),
        _timeline(seen),
        _causes(seen),
        _items("Owners", "an owner", [i for i in still if i.priority in first], lambda item: bool(item.owner)),
        _items("Due dates", "a due date", still, lambda item: item.due is not None),
        _items("Types", "a type", still, lambda item: bool(item.kinds)),
        _facts(seen, private=private),
        _places("Loose ends", seen, _loose, "Nothing is left to be filled in.", "Fill in what is left open"),
        _places("Links", seen, _nowhere, "Every link leads somewhere.", "Give these links their addresses"),
        _places("Words", seen, _blame, "No word of blame was found.", "Say what happened, not who is to blame"),
    )
    who = _places("People", seen, _people, "Nobody is named.", "Name the role instead of the person")
    review = Check(
        name="Review",
        done=reviewed,
        sentence="Somebody has reviewed it." if reviewed else "Ask somebody who was there to read it.",
    )
    return (*points, *(() if names else (who,)), review)


def _seen(content: str, reading: Reading) -> _Seen:
    whole = text(content)
    found = blocks(whole)
    passed = commented(whole) | {item.line for item in reading.items}
    said = (
        (line + number, words)
        for block in found
        for line, written in pieces(block)
        for number, words in enumerate(_COMMENT.sub(_blank, written).split("\n"))
    )
    kept = tuple((line, words) for line, words in said if line not in passed and not unwritten(words))
    return _Seen(
        there=frozenset(section.name for section in sections(content)),
        parts=frozenset(parse(content).parts),
        whole=whole,
        found=found,
        said=kept,
    )


def _blank(comment: re.Match[str]) -> str:
    return "\n" * comment[0].count("\n")


def _sections(seen: _Seen) -> Check:
    """Those of the template that are there but empty, and the three that no document does without."""
    waiting = [part for part in Part if part.casefold() in seen.there and part not in seen.parts]
    waiting += [part for part in _NEEDED if part not in waiting and not _has(seen, part, *_NEEDED[part])]
    if waiting:
        return Check(name="Sections", done=False, sentence=f"Write these sections: {', '.join(waiting)}.")
    return Check(name="Sections", done=True, sentence="Every section is written.")


def _timeline(seen: _Seen) -> Check:
    places = list(_below(seen, "timeline", "chronology"))
    entries = sum(
        len(block.rows) if isinstance(block, Table) else len(block.entries)
        for block in seen.found
        if isinstance(block, Table | Listing) and any(first <= block.line < last for first, last in places)
    )
    if not entries:
        return Check(name="Timeline", done=False, sentence="Add what happened, and when, to the timeline.")
    return Check(
        name="Timeline", done=True, sentence=f"The timeline has {entries} {'entry' if entries == 1 else 'entries'}."
    )


def _causes(seen: _Seen) -> Check:
    missing = [
        said
        for part, said, names in (
            (Part.ROOT_CAUSE, "the root cause", ()),
            (Part.WHYS, "the five whys", ("whys", "why ")),
        )
        if not _has(seen, part, *names)
    ]
    if missing:
        return Check(name="Root cause", done=False, sentence=f"Write down {' and '.join(missing)}.")
    return Check(name="Root cause", done=True, sentence="The root cause and the whys are written down.")


def _items(name: str, what: str, items: Sequence[Item], has: Callable[[Item], bool]) -> Check:
    missing = [f"“{shorten(plain(item.action), 60)}” (line {item.line})" for item in items if not has(item)]
    which = "open P0 or P1 action item" if name == "Owners" else "open action item"
    if missing:
        return Check(name=name, done=False, sentence=f"Give {what} to {_some(missing)}.")
    return Check(name=name, done=True, sentence=f"Every {which} has {what}." if items else f"There is no {which}.")


def _facts(seen: _Seen, *, private: bool) -> Check:
    known = facts(seen.found)
    issue = next((known[name] for name in ("issue", "github issue", "tracking issue") if known.get(name)), "")
    there = {"severity": bool(known.get("severity")), "issue": private or bool(_ISSUE.search(issue))}
    missing = [name for name, is_there in there.items() if not is_there]
    if missing:
        return Check(name="Facts", done=False, sentence=f"Add the {' and the '.join(missing)} at the top.")
    return Check(
        name="Facts", done=True, sentence="The severity is there." if private else "Severity and issue are there."
    )


def _places(name: str, seen: _Seen, finds: Callable[[str], Iterator[str]], fine: str, todo: str) -> Check:
    found = [f"“{shorten(what, 60)}” (line {line})" for line, words in seen.said for what in finds(words)]
    return Check(name=name, done=not found, sentence=f"{todo}: {_some(found)}." if found else fine)


def _loose(words: str) -> Iterator[str]:
    yield from _LOOSE.findall(outside_code(words))


def _nowhere(words: str) -> Iterator[str]:
    prose = outside_code(words)
    yield from (found[0] for found in _TARGET.finditer(prose) if found[2].strip(" <>").casefold() in _NOWHERE)
    yield from _BARE.findall(prose)


def _blame(words: str) -> Iterator[str]:
    yield from (found[0] for found in _BLAME.finditer(plain(outside_code(words)).casefold()))


def _people(words: str) -> Iterator[str]:
    prose = outside_code(words)
    yield from _MENTION.findall(prose)
    if name := owner_in(_MENTION.sub("", prose)):
        yield f"@{name}"


def _some(places: Sequence[str]) -> str:
    more = len(places) - _NAMED
    return ", ".join(places[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _has(seen: _Seen, part: Part, *names: str) -> bool:
    """Whether the section is written; where it is not there, one with such a name."""
    if part.casefold() in seen.there:
        return part in seen.parts
    lines = (seen.whole.line(n)[1] for first, last in _below(seen, part.casefold(), *names) for n in range(first, last))
    return any(
        re.search(r"\w", line) and not unwritten(line) and not line.lstrip().startswith(("#", "<!--")) for line in lines
    )


def _below(seen: _Seen, *names: str) -> Iterator[tuple[int, int]]:
    """The lines below each heading that has one of these names in it, from the first up to, not including, the last."""
    headings = [block for block in seen.found if isinstance(block, Heading) and not block.nested]
    for number, heading in enumerate(headings):
        if any(name in plain(heading.text).casefold() for name in names):
            later = (other.line for other in headings[number + 1 :] if other.level <= heading.level)
            yield heading.last + 1, next(later, len(seen.whole.starts) + 1)
