"""The timeline as people read it in Slack: each entry a line, a page at a time, in each reader's own time zone."""

from collections.abc import Callable, Sequence
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

from bot.incident.entries import Entry
from bot.incident.model import Actor, Event, EventKind, Incident
from bot.incident.subwords import SUBWORDS
from bot.incident.text import readable
from bot.incident.timeline import sentence
from bot.outgoing import named
from bot.views.blocks import (
    Rendered,
    actions,
    button,
    context,
    linked,
    one_line,
    room,
    safe,
    section,
    when,
    who,
)
from bot.views.forms.parts import Memory, View, lost_draft, message
from bot.views.ids import Click
from bot.views.replies import answer

PER_PAGE, LONGEST = 15, 700
#: How a person is written inside a text that was captured.
Name = Callable[[Actor], str]


def page(incident: Incident, entries: Sequence[Entry], memory: Memory, name: Name) -> View:
    """One page, the newest first; `memory.page` is its number, from 0."""
    pages = max(1, -(-len(entries) // PER_PAGE))
    at = min(max(memory.page, 0), pages - 1)
    newest = list(reversed(entries))[at * PER_PAGE : (at + 1) * PER_PAGE]
    blocks = [section(_line(entry, name)) for entry in newest] or [section("Nothing has happened yet.")]
    turns = [button("Older", Click.TIMELINE_OLDER, incident.id)] if at + 1 < pages else []
    turns += [button("Newer", Click.TIMELINE_NEWER, incident.id)] if at else []
    edits = [button("Add", Click.NOTE, incident.id), button("Star, hide, correct", Click.TIMELINE_CURATE, incident.id)]
    where = f"Page {at + 1} of {pages}, the newest first. " if pages > 1 else ""
    legend = f"{where}📌 in the issue too · ⭐ starred"
    kept = memory.model_copy(update={"incident": incident.id, "page": at, "draft": "", "verb": "timeline"})
    return message(f"Timeline of {incident.key}", *blocks, actions(*turns, *edits), context(legend), memory=kept)


def label(entry: Entry, name: Name, zone: str) -> str:
    """An entry in a menu: its number, its time in the person's zone, and its first words."""
    at = entry.at.astimezone(_zone(zone)).strftime("%d %b %H:%M")
    return one_line(f"{entry.number}. {at} {_plain(entry, name) or sentence(entry.event, name)}", 74)


def subword_help(typed: str, near: str) -> Rendered:
    """What follows `timeline`, and what was probably meant."""
    first = f"Did you mean `/incident timeline {near}`?\n" if near else "The timeline does not know that word.\n"
    known = "\n".join(f"`/incident {usage}`" for usage in SUBWORDS.values())
    text = f"{first}{known}\n`/incident timeline` alone shows it."
    return Rendered(text=text, blocks=[*answer(text).blocks, lost_draft(typed)])


def unclear_time(said: str, typed: str) -> Rendered:
    """A time that could mean two moments, or none."""
    text = f"I cannot tell when “{said[:60]}” is. Write it as 14:05, 14:05 UTC, or 2026-11-20 14:05; not in the future."
    return answer(text, context(f"You typed:\n{safe(typed, 1500)}"))


def _line(entry: Entry, name: Name) -> str:
    marks = f"{'📌 ' if _on_purpose(entry) and entry.public else ''}{'⭐ ' if entry.starred else ''}"
    return f"*{entry.number}*  {when(entry.at)}  {marks}{_said(entry, name)}"


def _said(entry: Entry, name: Name) -> str:
    source = entry.source
    if source is None:
        return sentence(_escaped(entry), who)
    author = who(entry.by) if entry.by else "Somebody"
    words = safe(_plain(entry, name), LONGEST, "… (cut)") or "(being read, or without words)"
    came = ((source.pictures, "picture"), (source.files, "file"))
    more = [f"{count} {what}{'s' if count > 1 else ''}" for count, what in came if count]
    more += [linked(source.permalink, "message")] if source.permalink else []
    return f"{author}: {words}" + (f"  ({', '.join(more)})" if more else "")


def _escaped(entry: Entry) -> Event:
    """The event, safe for a message, with its places as links."""
    event = entry.event
    data = {key: safe(said, 200) for key, said in event.data.items()}
    if event.kind is EventKind.ROOM_OPENED:
        data["room"] = room(event.data.get("room"))
    if event.kind is EventKind.ISSUE_FILED:
        data["issue"] = linked(event.data.get("url", ""), f"#{event.data.get('number', '')}")
    return event.model_copy(update={"text": safe(event.text, LONGEST, "… (cut)"), "data": data})


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return UTC


def _plain(entry: Entry, name: Name) -> str:
    return readable(named(entry.text, lambda person: f"@{name(person)}"))


def _on_purpose(entry: Entry) -> bool:
    return entry.source is not None or entry.event.kind is EventKind.NOTED
