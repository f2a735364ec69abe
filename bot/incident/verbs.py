"""What can be typed after `/incident`: the table of verbs, and how a line is read. No report is ever lost to it."""

import difflib
import re
from enum import StrEnum

from bot.incident.model import Actor, Frozen
from bot.incident.text import normalise, readable


class Takes(StrEnum):
    """What follows a verb, beside the incident."""

    NOTHING = "nothing"
    TEXT = "text"
    WORD = "word"  # a word, then perhaps text: a level and a reason
    PERSON = "person"  # somebody, then perhaps text
    ROLE = "role"  # a role and perhaps somebody, in either order
    OTHER = "other"  # another incident, then perhaps text


class Verb(Frozen):
    """A row of the table. `about` means that it is about one incident: the room's, the one named, or one picked."""

    name: str
    usage: str
    summary: str
    takes: Takes
    about: bool = True


VERBS: dict[str, Verb] = {
    verb.name: verb
    for verb in (
        Verb(
            name="new",
            usage="new [what you see]",
            summary="Report that something is broken.",
            takes=Takes.TEXT,
            about=False,
        ),
        Verb(
            name="list",
            usage="list [words] [service: sev: status: by: lead: since:] [all]",
            summary="Show the open incidents, or find some by words and filters, such as `since:7d`.",
            takes=Takes.TEXT,
            about=False,
        ),
        Verb(name="show", usage="show [INC-12]", summary="Show an incident's card, only to you.", takes=Takes.NOTHING),
        Verb(
            name="catchup",
            usage="catchup [INC-12]",
            summary="How an incident stands, what is thought of it and what was tried, only to you.",
            takes=Takes.NOTHING,
        ),
        Verb(
            name="update",
            usage="update [INC-12] [what is known]",
            summary="Tell everybody what is known now.",
            takes=Takes.TEXT,
        ),
        Verb(
            name="severity",
            usage="severity [INC-12] [level] [why]",
            summary="Change how bad it is, and say why.",
            takes=Takes.WORD,
        ),
        Verb(
            name="status",
            usage="status [INC-12] [stage] [note]",
            summary="Move it to another stage of work.",
            takes=Takes.WORD,
        ),
        Verb(
            name="lead",
            usage="lead [INC-12] [@person]",
            summary="Take the lead, or hand it to somebody.",
            takes=Takes.PERSON,
        ),
        Verb(
            name="role",
            usage="role [INC-12] [role] [@person] [leave]",
            summary="Take a part in it, or give one to somebody.",
            takes=Takes.ROLE,
        ),
        Verb(
            name="handover",
            usage="handover [INC-12] [@person] [what they need to know]",
            summary="Offer the lead, with a summary; it passes when they accept.",
            takes=Takes.PERSON,
        ),
        Verb(
            name="call",
            usage="call [INC-12] [@person or role] [why]",
            summary="Ask somebody to come.",
            takes=Takes.PERSON,
        ),
        Verb(
            name="escalate",
            usage="escalate [INC-12] [what you need]",
            summary="It needs somebody who can do more; the owner is told.",
            takes=Takes.TEXT,
        ),
        Verb(name="ack", usage="ack [INC-12]", summary="You have seen it and are on it.", takes=Takes.NOTHING),
        Verb(
            name="impact",
            usage="impact [INC-12]",
            summary="Say whom it hurts, and how.",
            takes=Takes.NOTHING,
        ),
        Verb(
            name="link",
            usage="link [INC-12] [https://…] [what it is]",
            summary="Keep a page at hand, on the card.",
            takes=Takes.WORD,
        ),
        Verb(
            name="note",
            usage="note [INC-12] [what to remember]",
            summary="Keep something on the timeline, for the people who work on it.",
            takes=Takes.TEXT,
        ),
        Verb(
            name="timeline",
            usage="timeline [INC-12] [add, star, hide or time]",
            summary="Show what happened; `add 14:05 text`, `star 3`, `hide 3 why`, `time 3 14:05`.",
            takes=Takes.TEXT,
        ),
        Verb(
            name="investigate",
            usage="investigate [INC-12] [question]",
            summary="Have it looked into; what is found is posted where it is worked on.",
            takes=Takes.TEXT,
        ),
        Verb(
            name="resolve",
            usage="resolve [INC-12] [what fixed it]",
            summary="It works again; say what fixed it.",
            takes=Takes.TEXT,
        ),
        Verb(name="close", usage="close [INC-12] [note]", summary="Nothing is left to do.", takes=Takes.TEXT),
        Verb(
            name="reopen",
            usage="reopen [INC-12] [what is still wrong]",
            summary="It is not over; say what is still wrong.",
            takes=Takes.TEXT,
        ),
        Verb(
            name="merge",
            usage="merge [INC-12] [into INC-7] [note]",
            summary="It is the same as another one, which goes on for both.",
            takes=Takes.OTHER,
        ),
        Verb(
            name="decline",
            usage="decline [INC-12] [what you checked]",
            summary="Nothing is wrong; the reporter hears what you checked.",
            takes=Takes.TEXT,
        ),
        Verb(
            name="private",
            usage="private [INC-12] [why]",
            summary="From now on its members alone see it.",
            takes=Takes.TEXT,
        ),
        Verb(
            name="test",
            usage="test [what you see]",
            summary="A drill: everything marked, nobody called outside Slack, nothing counted.",
            takes=Takes.TEXT,
            about=False,
        ),
        Verb(
            name="help",
            usage="help [verb]",
            summary="Show what can be asked for.",
            takes=Takes.WORD,
            about=False,
        ),
    )
}


class Command(Frozen):
    """A verb and what follows it.

    `ref` is the incident named (`INC-12`) or empty, `person` a mentioned user's id, `word` the level, stage, role or
    verb of verbs that take one, `other` the incident that it is merged into, `text` the rest. `said` is the whole
    line, for *Report this as a new incident*.
    `nearest` means that the verb is a guess: ask, do not act. `bare` means that the incident was named by a number
    alone before a sentence, as in `update 3 nodes are back`.
    """

    verb: str
    ref: str = ""
    person: Actor = ""
    word: str = ""
    other: str = ""
    text: str = ""
    said: str = ""
    nearest: bool = False
    bare: bool = False

    def in_room_of(self, key: str) -> "Command":
        """The same, typed in that incident's room: there a number before a sentence is a part of the sentence."""
        if not self.bare:
            return self
        text = self.text if self.ref == key else f"{self.ref.removeprefix('INC-')} {self.text}"
        return self.model_copy(update={"ref": key, "text": text, "bare": False})


class Freeform(Frozen):
    """A report in somebody's own words; empty where nothing was typed."""

    text: str


_KEY = re.compile(r"#?inc-(\d{1,9})(?:-[\w-]*)?", re.IGNORECASE | re.ASCII)
_NUMBER = re.compile(r"#?(\d{1,9})", re.ASCII)
_CHANNEL = re.compile(r"<#[^<>|]+\|([^<>]*)>")
_PERSON = re.compile(r"<@([A-Z0-9]+)(?:\|[^<>]*)?>")


def parse(text: str) -> Command | Freeform:
    """Reads what follows `/incident`. Never raises; whatever is not a command is a report."""
    line = normalise(text)
    first, rest = (*line.split(maxsplit=1), "", "")[:2]
    said = readable(line)
    if first.casefold() in VERBS:
        return _command(VERBS[first.casefold()], rest, said)
    if rest or not first:
        return Freeform(text=said)
    if ref := reference(first, bare=True):
        return Command(verb="show", ref=ref, said=said)
    near = difflib.get_close_matches(first.casefold(), VERBS, n=1, cutoff=0.75) if len(first) <= 12 else []
    return Command(verb=near[0], said=said, nearest=True) if near else Freeform(text=said)


def _command(verb: Verb, rest: str, said: str) -> Command:
    if verb.takes is Takes.OTHER:
        return _merge(verb, rest, said)
    prose = verb.takes is Takes.TEXT
    words = rest.split()
    ref, bare, person, word = "", False, "", ""
    if verb.about and words:
        if ref := reference(words[0], bare=True):
            bare = prose and len(words) > 1 and _NUMBER.fullmatch(words[0]) is not None
            rest = rest[len(words[0]) :].strip()
        elif ref := reference(words[-1], bare=not prose):
            rest = rest[: -len(words[-1])].strip()
    if verb.takes in (Takes.PERSON, Takes.ROLE) and (mention := _PERSON.search(rest)):
        person, rest = mention[1], f"{rest[: mention.start()]} {rest[mention.end() :]}"
    if verb.takes in (Takes.WORD, Takes.ROLE):
        word, rest = (*rest.split(maxsplit=1), "", "")[:2]
    return Command(
        verb=verb.name, ref=ref, person=person, word=readable(word), text=readable(rest), said=said, bare=bare
    )


def _merge(verb: Verb, rest: str, said: str) -> Command:
    """`12 into 7`, `INC-12 INC-7`, or `INC-7` alone, which is where the one of the room goes."""
    words, refs = rest.split(), list[str]()
    while words and len(refs) < 2 and (words[0].casefold() in _JOINS or reference(words[0], bare=True)):
        refs += [ref] if (ref := reference(words[0], bare=True)) else []
        words = words[1:]
    source, other = (*refs, "")[:2] if len(refs) == 2 else ("", *refs, "")[:2]
    return Command(verb=verb.name, ref=source, other=other, text=readable(" ".join(words)), said=said)


_JOINS = frozenset({"into", "in", "with", "to", "and", "->"})


def reference(word: str, bare: bool) -> str:
    """`INC-12` from any of the ways to write it; `bare` allows the number alone. Empty where it is none."""
    channel = _CHANNEL.fullmatch(word)
    match = _KEY.fullmatch(channel[1] if channel else word)
    if match is None and bare and not channel:
        match = _NUMBER.fullmatch(word)
    return f"INC-{int(match[1])}" if match else ""
