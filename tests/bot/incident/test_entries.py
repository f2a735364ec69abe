"""The timeline is what its events add up to, in whatever order and however often Slack tells of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import Refused
from bot.incident import capture
from bot.incident.consequences import consequences
from bot.incident.entries import Entry, Mark, action_items, fold, hash_of, mirrored, shown, stamp_of
from bot.incident.model import Event, EventKind, Incident, Moved
from bot.incident.wanted import EffectKind
from tests.bot.incident.examples import ANA, BOB, CY, MINUTE, NOW, an_incident

ROOM = "C0ROOM"
TS = stamp_of(NOW)


@dataclass
class Told:
    """A timeline under test: the rules applied one after the other, and what captured words say by their hash."""

    incident: Incident = field(default_factory=an_incident)
    events: list[Event] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    reads: int = 0

    def hear(self, moved: Moved) -> None:
        """What was decided happened; a message that is to be read waits for it."""
        wanted = consequences(self.incident, moved, len(self.events) + 1, None)
        self.reads += sum(each.kind is EffectKind.CAPTURE for each in wanted)
        self.incident, self.events = moved.incident, [*self.events, *moved.events]

    def mark(self, how: Mark, on: bool, stamp: str, by: str = ANA, ts: str = TS) -> None:
        self.hear(capture.mark(self.incident, how, on, ROOM, ts, stamp, by, NOW))

    def read(self, text: str | None, ts: str = TS) -> None:
        """The message was read from Slack: these words, or that it is gone."""
        data = {"channel": ROOM, "ts": ts}
        if text is None:
            self.texts = {}
            self.events.append(Event(kind=EventKind.MESSAGE_DELETED, at=NOW, by=BOB, data=data))
            return
        self.texts = {hash_of(text): text}
        known = {"hash": hash_of(text), "author": BOB, "pictures": "0", "files": "0", "permalink": ""}
        self.events.append(Event(kind=EventKind.CAPTURED, at=NOW, by=BOB, data=data | known))

    @property
    def entries(self) -> tuple[Entry, ...]:
        return fold(self.events, self.texts)

    @property
    def entry(self) -> Entry:
        (entry,) = self.entries
        return entry


@dataclass
class Message:
    """A message as Slack has it: its words, or None once it is deleted, and who gave which reaction."""

    text: str | None = "first words"
    given: set[tuple[Mark, str]] = field(default_factory=set)
    time: int = 0
    #: What Slack tells of it; each may be heard late, twice, and in any order.
    news: list[Callable[[Told], None]] = field(default_factory=list)

    def act(self, what: str, how: Mark, by: str) -> None:
        """Somebody does something to it, if it is still there."""
        if self.text is None:
            return
        self.time += 1
        stamp = stamp_of(NOW + timedelta(seconds=self.time))
        if what == "react":
            on = (how, by) not in self.given
            self.given ^= {(how, by)}
            self.news.append(lambda told: told.mark(how, on, stamp, by))
        else:
            self.text = None if what == "delete" else f"words {self.time}"
            gone = self.text is None
            self.news.append(lambda told: followed(told, gone))

    def read(self, told: Told) -> None:
        """The bot reads it, as it is by now."""
        told.read(self.text)


def followed(told: Told, gone: bool) -> None:
    """An edit or deletion: heard only where the message was spoken of before."""
    if told.events:
        if gone:
            told.texts = {}
        told.hear(capture.follow(told.incident, ROOM, TS, gone, BOB, NOW))


ACTS = st.tuples(
    st.sampled_from(["react", "react", "edit", "delete"]), st.sampled_from(Mark), st.sampled_from([ANA, CY])
)


@settings(max_examples=300)
@given(st.lists(ACTS, max_size=12), st.integers())
def test_any_order_and_repetition_gives_the_last_state(acts: list[tuple[str, Mark, str]], seed: int) -> None:
    """Reactions, edits and deletions, told late, twice and shuffled, with reads in between: as the message is now."""
    message, told, luck = Message(), Told(), Random(seed)
    waiting: list[Callable[[Told], None]] = []
    for act in acts:
        message.act(*act)
        waiting += [news for news in message.news for _ in range(luck.randint(1, 2))]
        message.news.clear()
        luck.shuffle(waiting)
        hear(told, waiting, luck.randint(0, len(waiting)), message, luck)
    hear(told, waiting, len(waiting), message, luck)
    catch_up(told, message)
    if not told.events:
        assert not message.given
        return
    entry, marks = told.entry, {how for how, _ in message.given}
    assert entry.hidden == (message.text is None or not marks)
    if not entry.hidden:
        assert entry.text == message.text
        assert (entry.public, entry.starred) == (bool(marks & {Mark.PIN, Mark.ADD}), Mark.STAR in marks)
        assert entry.pinned_by == tuple(sorted({by for _, by in message.given}))
    if message.text is None:
        assert entry.text == ""


def hear(told: Told, waiting: list[Callable[[Told], None]], count: int, message: Message, luck: Random) -> None:
    """Some of the news arrives; sometimes the bot has time to read."""
    for _ in range(count):
        waiting.pop()(told)
        if luck.random() < 0.4:
            catch_up(told, message)


def catch_up(told: Told, message: Message) -> None:
    """Every read that is wanted is made."""
    while told.reads:
        told.reads -= 1
        message.read(told)


def told_with(*moves: Callable[[Incident], Moved]) -> Told:
    """A timeline to which these things happened."""
    told = Told()
    for move in moves:
        told.hear(move(told.incident))
    return told


def a_note(text: str, public: bool = False, ago: int = 0) -> Callable[[Incident], Moved]:
    """Somebody notes something that happened minutes ago."""
    return lambda incident: capture.note(incident, text, BOB, NOW, when=NOW - ago * MINUTE, public=public)


def test_entries_stand_by_their_time() -> None:
    """What is added later stands where it happened, under the number it was recorded with."""
    told = told_with(a_note("now"), a_note("earlier", ago=10))
    assert [(entry.number, entry.text) for entry in told.entries] == [(2, "earlier"), (1, "now")]


def test_a_corrected_time_moves_the_entry() -> None:
    """The last correction counts, and the event itself is as it was."""
    told = told_with(a_note("first", ago=5), a_note("second"))
    for minutes in (20, 30):
        when = NOW - minutes * MINUTE
        told.hear(capture.correct_time(told.incident, told.entries, 2, when, ANA, NOW))
    assert [entry.text for entry in told.entries] == ["second", "first"]
    assert told.entries[0].at == NOW - 30 * MINUTE
    assert told.events[1].at == NOW


def test_hiding_is_an_entry_in_the_record() -> None:
    """No view shows it; the event stays; hiding it again finds nothing."""
    told = told_with(a_note("wrong incident", public=True))
    told.hear(capture.hide(told.incident, told.entries, 1, "not ours", ANA, NOW))
    assert shown(told.entries, internal=True) == ()
    assert not mirrored(told.incident, told.entry)
    assert [event.kind for event in told.events] == [EventKind.NOTED, EventKind.HIDDEN]
    with pytest.raises(Refused, match="has no entry 1"):
        capture.hide(told.incident, told.entries, 1, "", ANA, NOW)


def test_what_was_hidden_and_is_pinned_anew_is_there_again() -> None:
    """The later word wins; an older pin that is told late does not undo the hiding."""
    told = Told()
    told.mark(Mark.PIN, True, stamp_of(NOW - MINUTE))
    told.read("words")
    told.hear(capture.hide(told.incident, told.entries, 1, "", ANA, NOW))
    told.mark(Mark.PIN, True, stamp_of(NOW - 2 * MINUTE), by=CY)
    assert told.entry.hidden
    told.mark(Mark.PIN, True, stamp_of(NOW + MINUTE), by=CY)
    assert not told.entry.hidden


def test_who_reads_what() -> None:
    """Internal entries are for members; the record of what was done is for everybody who sees the incident."""
    told = told_with(a_note("ours"), a_note("everybody's", public=True))
    told.hear(capture.propose(told.incident, 3, "More disks", "", "", "", ANA, NOW))
    told.events.append(Event(kind=EventKind.RESOLVED, at=NOW, by=ANA, text="restarted"))
    assert [entry.text for entry in shown(told.entries, internal=False)] == ["everybody's", "restarted"]
    assert len(shown(told.entries, internal=True)) == 4


@pytest.mark.parametrize("flag", ["private", "test"])
def test_nothing_of_a_private_or_test_incident_is_mirrored(flag: str) -> None:
    """Whatever is pinned, and the room is told nothing of the kind."""
    told = Told(incident=an_incident(**{flag: True}))
    told.mark(Mark.PIN, True, stamp_of(NOW))
    told.read("words")
    assert told.entry.public
    assert not mirrored(told.incident, told.entry)
    assert not told.incident.pins_told


def wanted(told: Told, moved: Moved) -> Iterator[str]:
    return (each.kind.value for each in consequences(told.incident, moved, 9, None))


def test_the_room_is_told_once_that_pins_are_public() -> None:
    """With the first pin; a star is no reason."""
    told = Told()
    stamp = stamp_of(NOW)
    starred = capture.mark(told.incident, Mark.STAR, True, ROOM, TS, stamp, ANA, NOW)
    assert list(wanted(told, starred)) == ["capture"]
    pinned = capture.mark(told.incident, Mark.PIN, True, ROOM, TS, stamp, ANA, NOW)
    assert list(wanted(told, pinned)) == ["post", "capture"]
    again = capture.mark(pinned.incident, Mark.PIN, True, ROOM, TS, stamp, BOB, NOW)
    assert list(wanted(told, again)) == ["capture"]


def test_what_was_done_stays() -> None:
    """A change of status cannot be hidden, and can have a star."""
    told = Told()
    told.events.append(Event(kind=EventKind.STATE_CHANGED, at=NOW, by=ANA, data={"from": "a", "to": "b"}))
    with pytest.raises(Refused, match="so it stays"):
        capture.hide(told.incident, told.entries, 1, "", ANA, NOW)
    told.hear(capture.star(told.incident, told.entries, 1, ANA, NOW))
    assert told.entry.starred
    with pytest.raises(Refused, match="a star already"):
        capture.star(told.incident, told.entries, 1, ANA, NOW)


@pytest.mark.parametrize(
    ("act", "field"),
    [
        (lambda at: capture.note(an_incident(), " ", ANA, at, when=None, public=False), "text"),
        (lambda at: capture.note(an_incident(), "x", ANA, at, when=at + 5 * MINUTE, public=False), "at"),
        (lambda at: capture.propose(an_incident(), 1, "", "", "", "", ANA, at), "what"),
        (lambda at: capture.propose(an_incident(), 1, "x", "Reboot", "", "", ANA, at), "type"),
        (lambda at: capture.propose(an_incident(), 1, "x", "", "", "soon", ANA, at), "due"),
    ],
)
def test_a_refusal_names_its_field(act: Callable[..., Moved], field: str) -> None:
    """A sentence where it is to be mended."""
    with pytest.raises(Refused) as refusal:
        act(NOW)
    assert list(refusal.value.fields) == [field]


def test_a_mark_that_makes_no_sense_is_refused() -> None:
    """Neither an unknown kind nor a timestamp that is none."""
    for how, ts in (("thumb", TS), ("pin", "yesterday")):
        with pytest.raises(Refused):
            capture.mark(an_incident(), how, True, ROOM, ts, TS, ANA, NOW)


def test_action_items_are_kept_in_order() -> None:
    """With what was said, and nothing made up where nothing was."""
    told = Told()
    told.hear(capture.propose(told.incident, 7, "Alert on disk", "Alert", BOB, "2026-12-01", ANA, NOW))
    told.hear(capture.propose(told.incident, 9, "Look again", "", "", "", CY, NOW))
    first, second = action_items(told.events)
    assert (first.key, first.type, first.owner, first.due, first.by) == ("T-7", "Alert", BOB, "2026-12-01", ANA)
    assert (second.key, second.type, second.owner, second.due) == ("T-9", "", "", "")
