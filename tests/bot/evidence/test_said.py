"""What people say is evidence; what machines say of an incident, and what is hidden, is none of it."""

from datetime import timedelta

from bot.evidence.model import Kind
from bot.evidence.said import MOST, TEXT, TITLE, Correction, people, told
from bot.incident.entries import Entry, Source
from bot.incident.model import ALERTMANAGER, Event, EventKind
from tests.bot.incident.examples import ANA, BOB, MINUTE, NOW, a_report, an_incident


def an_entry(number: int, kind: EventKind, text: str, by: str = BOB, **more: object) -> Entry:
    """So many minutes after the beginning."""
    at = NOW + number * MINUTE
    event = Event(kind=kind, at=at, by=by, text=text)
    return Entry.model_validate({"number": number, "event": event, "at": at, "by": by, "text": text} | more)


def test_the_report_notes_messages_and_corrections_are_evidence_in_their_order() -> None:
    """Each is a piece about the service, with the words in it."""
    incident = an_incident(report=a_report(expected="The files"))
    entries = [
        an_entry(3, EventKind.NOTED, "I restarted it", public=False),
        an_entry(1, EventKind.PINNED, "The disk is full", source=Source(channel="C1", ts="1.1")),
        an_entry(2, EventKind.ROOM_OPENED, "a room"),
        an_entry(4, EventKind.COMMAND_RUN, "kubectl rollout restart deployment/nextcloud"),
    ]
    wrong = Correction(at=NOW + 5 * MINUTE, by=ANA, text="it was DNS")
    found = people(incident, entries, [wrong])
    assert [piece.title for piece in found] == [
        "It returns 502 · The files",
        "The disk is full",
        "I restarted it",
        "kubectl rollout restart deployment/nextcloud",
        "Earlier findings were wrong: it was DNS",
    ]
    assert {piece.kind for piece in found} == {Kind.PERSON}
    assert {piece.service for piece in found} == {"Nextcloud"}


def test_machines_and_what_is_hidden_say_nothing() -> None:
    """An incident that alerts opened has no report of a person."""
    incident = an_incident(reporter=ALERTMANAGER)
    entries = [
        an_entry(1, EventKind.NOTED, "HighErrorRate fires", by=ALERTMANAGER),
        an_entry(2, EventKind.NOTED, "never mind", hidden=True),
        an_entry(3, EventKind.NOTED, "   "),
    ]
    assert people(incident, entries) == ()


def test_of_very_much_the_newest_is_kept_and_long_texts_are_cut() -> None:
    """Nobody fills the evidence by talking."""
    entries = [an_entry(number, EventKind.NOTED, f"{number} " + "word " * 5000) for number in range(1, MOST + 20)]
    found = people(an_incident(), entries)
    assert len(found) == MOST
    assert found[-1].at == NOW + timedelta(minutes=MOST + 19)
    assert all(len(piece.title) <= TITLE and len(piece.text) <= TEXT for piece in found)


def test_all_that_was_said_is_one_text() -> None:
    """The title first, and nothing twice."""
    incident = an_incident(title="Nextcloud is down")
    found = people(incident, [an_entry(1, EventKind.NOTED, "Since noon"), an_entry(2, EventKind.NOTED, "Since noon")])
    assert told(incident, found) == "Nextcloud is down\nIt returns 502\nSince noon"
