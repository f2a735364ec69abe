"""The timeline as people read it: what the append-only events add up to, whatever order they came in."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bot.incident.model import Actor, Event, EventKind, Frozen, Incident


class Source(Frozen):
    """The Slack message that an entry is; `pictures` and `files` are how many came with it, and stay in Slack."""

    channel: str
    ts: str
    permalink: str = ""
    pictures: int = 0
    files: int = 0


class Entry(Frozen):
    """One line of the timeline. `number` is the event it began with, `at` when it happened, corrected where it was.

    `by` is who said or did it, `pinned_by` who put it here. `text` of a message is as Slack wrote it, empty until it is
    read and once its author has deleted it. `public` entries may leave Slack; the others are for members. `hidden` ones
    stay in the record, and every view and mirror leaves them out.
    """

    number: int
    event: Event
    at: datetime
    by: Actor
    text: str = ""
    public: bool = True
    starred: bool = False
    hidden: bool = False
    source: Source | None = None
    pinned_by: tuple[Actor, ...] = ()


class Kept(Frozen):
    """An action item that somebody proposed: its key (`T-3`), and what they said; the last three may be empty."""

    key: str
    text: str
    by: Actor
    type: str = ""
    owner: Actor = ""
    due: str = ""


class Mark(StrEnum):
    """How a message gets on the timeline: two reactions, and the shortcut."""

    PIN = "pin"
    STAR = "star"
    ADD = "add"


#: Kinds that speak of other entries, and are none themselves.
_ABOUT_MESSAGES = {
    EventKind.PINNED,
    EventKind.UNPINNED,
    EventKind.CAPTURED,
    EventKind.MESSAGE_EDITED,
    EventKind.MESSAGE_DELETED,
}
_ABOUT_ENTRIES = {EventKind.HIDDEN, EventKind.STARRED, EventKind.TIME_CORRECTED}
#: Kinds for the people who work on it.
_INTERNAL = {
    *(EventKind.EFFECT_FAILED, EventKind.ACTION_ITEM_PROPOSED),
    *(EventKind.POSTMORTEM_BEGUN, EventKind.POSTMORTEM_WRITTEN, EventKind.REVIEW_ASKED, EventKind.REVIEWED),
    *(EventKind.POSTMORTEM_SENT, EventKind.POSTMORTEM_PROPOSED, EventKind.POSTMORTEM_PUBLISHED),
    *(EventKind.POSTMORTEM_TAKEN_BACK, EventKind.POSTMORTEM_CLASHED),
    *(EventKind.INVESTIGATION_BEGUN, EventKind.INVESTIGATION_ENDED, EventKind.INVESTIGATION_STOPPED),
    *(EventKind.FINDINGS_WRONG, EventKind.SUGGESTED_HEALTHY),
}


def fold(events: Sequence[Event], texts: Mapping[str, str]) -> tuple[Entry, ...]:
    """The entries, by time. `events` are all of an incident's, in order; `texts` are captured words by their hash.

    Of what is said about one message the last word by Slack's own time wins, so order and repetition change nothing.
    """
    numbered = list(enumerate(events, start=1))
    about: dict[tuple[str, str], _Message] = {}
    entries: dict[int, Entry] = {}
    for number, event in numbered:
        if event.kind in _ABOUT_MESSAGES:
            about.setdefault(place_of(event), _Message(number, event)).hear(event)
        elif event.kind not in _ABOUT_ENTRIES:
            entries[number] = _entry(number, event)
    entries |= {message.number: message.entry(texts) for message in about.values()}
    since = {message.number: message.since for message in about.values()}
    for _, event in numbered:
        entry = entries.get(entry_of(event)) if event.kind in _ABOUT_ENTRIES else None
        if entry and not (event.kind is EventKind.HIDDEN and since.get(entry.number, "") > stamp_of(event.at)):
            entries[entry.number] = _corrected(entry, event)
    return tuple(sorted(entries.values(), key=lambda entry: (entry.at, entry.number)))


def shown(entries: Sequence[Entry], *, internal: bool) -> tuple[Entry, ...]:
    """Those that people see; `internal` ones too only where members look."""
    return tuple(entry for entry in entries if not entry.hidden and (internal or entry.public))


def mirrored(incident: Incident, entry: Entry) -> bool:
    """Whether the entry stands as a comment in the issue; only what somebody put there on purpose does."""
    on_purpose = entry.event.kind is EventKind.NOTED or entry.source is not None
    leaves = not (incident.private or incident.test or entry.hidden)
    return on_purpose and entry.public and leaves and bool(entry.text.strip() or _brought(entry))


def action_items(events: Sequence[Event]) -> tuple[Kept, ...]:
    """The action items proposed so far, for the written record."""
    return tuple(
        Kept(
            key=event.data.get("key", ""),
            text=event.text,
            by=event.by,
            **{name: event.data.get(name, "") for name in ("type", "owner", "due")},
        )
        for event in events
        if event.kind is EventKind.ACTION_ITEM_PROPOSED
    )


def place_of(event: Event) -> tuple[str, str]:
    """The message an event is about: channel and timestamp."""
    return event.data.get("channel", ""), event.data.get("ts", "")


def entry_of(event: Event) -> int:
    """The number of the entry an event is about; 0 where it names none."""
    number = event.data.get("entry", "")
    return int(number) if number.isdecimal() else 0


def hash_of(text: str) -> str:
    """What stays of a text that is forgotten."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def stamp_of(at: datetime) -> str:
    """An instant in the shape of Slack's timestamps, which compare as texts."""
    micros = (at - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)
    return f"{micros // 1_000_000:010d}.{micros % 1_000_000:06d}"


def said_at(ts: str) -> datetime | None:
    """When a message was written, by its timestamp."""
    seconds, _, _ = ts.partition(".")
    return datetime.fromtimestamp(int(seconds), UTC) if seconds.isdecimal() and len(seconds) <= 10 else None


def _brought(entry: Entry) -> int:
    return entry.source.pictures + entry.source.files if entry.source else 0


def _entry(number: int, event: Event) -> Entry:
    public = event.kind not in _INTERNAL and (event.kind is not EventKind.NOTED or bool(event.data.get("public")))
    return Entry(number=number, event=event, at=event.at, by=event.by, text=event.text, public=public)


def _corrected(entry: Entry, event: Event) -> Entry:
    if event.kind is EventKind.HIDDEN:
        return entry.model_copy(update={"hidden": True})
    if event.kind is EventKind.STARRED:
        return entry.model_copy(update={"starred": True})
    return entry.model_copy(update={"at": datetime.fromisoformat(event.data["time"])})


@dataclass
class _Message:
    """What was said about one message so far: for each person and mark the last word, and what was read last."""

    number: int
    first: Event
    words: dict[tuple[str, Actor], tuple[str, bool]] = field(default_factory=dict)
    read: Event | None = None
    deleted: bool = False

    def hear(self, event: Event) -> None:
        if event.kind is EventKind.CAPTURED:
            self.read = event
        elif event.kind is EventKind.MESSAGE_DELETED:
            self.deleted = True
        elif event.kind in (EventKind.PINNED, EventKind.UNPINNED):
            key, said = (
                (event.data.get("mark", ""), event.by),
                (
                    event.data.get("stamp", ""),
                    event.kind is EventKind.PINNED,
                ),
            )
            self.words[key] = max(self.words.get(key, said), said)

    def entry(self, texts: Mapping[str, str]) -> Entry:
        channel, ts = place_of(self.first)
        known = self.read.data if self.read else {}
        marks = set(self._on())
        return Entry(
            number=self.number,
            event=self.first,
            at=said_at(ts) or self.first.at,
            by=known.get("author", ""),
            text="" if self.deleted else texts.get(known.get("hash", ""), ""),
            public=bool(marks & {Mark.PIN, Mark.ADD}),
            starred=Mark.STAR in marks,
            hidden=self.deleted or not marks,
            source=Source(
                channel=channel,
                ts=ts,
                permalink=known.get("permalink", ""),
                pictures=int(known.get("pictures", "0")),
                files=int(known.get("files", "0")),
            ),
            pinned_by=tuple(sorted({by for (_, by), (_, on) in self.words.items() if on})),
        )

    @property
    def since(self) -> str:
        """When it was put there last, of the words that still stand: later than a hiding, it is there again."""
        return max((stamp for stamp, on in self.words.values() if on), default="")

    def _on(self) -> Iterator[str]:
        return (mark for (mark, _), (_, on) in self.words.items() if on)
