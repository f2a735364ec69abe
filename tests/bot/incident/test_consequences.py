"""What a change sets off outside: who hears what, where, and in which order."""

import pytest

from bot.incident import acts, endings
from bot.incident.consequences import consequences
from bot.incident.model import Actor, Event, EventKind, Incident, Moved, Place, Places, State
from bot.incident.schemes import SCHEMES
from bot.incident.wanted import SERVICE, EffectKind, Landmark, Wanted
from tests.bot.incident.examples import ANA, BOB, CY, NOW, an_incident, declared

OWNER = "U0OWNER"
#: Where an incident lives once everything is opened.
OPENED = Places(
    room="C0ROOM",
    announcement=Place(channel="C0ALERTS", ts="1.0"),
    card=Place(channel="C0ROOM", ts="2.0"),
    issue_number=7,
)
IN_THREAD = OPENED.model_copy(update={"room": None, "card": Place(channel="C0ALERTS", ts="2.0")})


def _wanted(before: Incident | None, moved: Moved, first: int = 3) -> tuple[Wanted, ...]:
    return consequences(before, moved, first, OWNER)


def _after(before: Incident, moved: Moved) -> list[str]:
    return _words(_wanted(before, moved))


def _words(wanted: tuple[Wanted, ...]) -> list[str]:
    """Each effect in a word or two: its kind, and for posts what is said where."""
    return [f"{w.request['say']} > {w.request['to']}" if w.kind is EffectKind.POST else w.kind.value for w in wanted]


def _reported(level: str, trusted: bool = True) -> tuple[Wanted, ...]:
    moved = declared(trusted=trusted)
    changed = moved.incident.model_copy(update={"severity": level})
    return _wanted(None, Moved(incident=changed, events=moved.events), 1)


def test_a_major_incident_opens_its_room() -> None:
    """Announcement, room with card, people, pin and welcome, the issue, and a notice for the reporter."""
    assert _words(_reported("SEV2")) == [
        "announcement > alerts", "room", "card > room", "invite", "pin", "welcome > room", "issue",
        "reported > dm:U0ANA",
    ]  # fmt: skip


def test_a_minor_incident_lives_in_a_thread() -> None:
    """No room: the card is in the thread of its announcement."""
    assert _words(_reported("SEV3")) == [
        "announcement > alerts",
        "card > alerts-thread",
        "issue",
        "reported > dm:U0ANA",
    ]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_rooms_by_severity(scheme: str) -> None:
    """The first two levels of every scheme have a room."""
    for level in SCHEMES[scheme].levels:
        moved = declared(scheme=scheme)
        changed = moved.incident.model_copy(update={"severity": level.id})
        kinds = [w.kind for w in _wanted(None, Moved(incident=changed, events=moved.events))]
        assert (EffectKind.ROOM in kinds) == (level.rank <= 2)


def test_the_owner_is_called_to_the_worst_only() -> None:
    """Invited are reporter, lead, and at the first level the owner; each once, and only Slack accounts."""

    def invited(level: str, **changes: Actor | None) -> str:
        moved = declared()
        incident = moved.incident.model_copy(update={"severity": level, **changes})
        wanted = _wanted(None, Moved(incident=incident, events=moved.events))
        return next(w.request["people"] for w in wanted if w.kind is EffectKind.INVITE)

    assert invited("SEV1") == f"{ANA},{OWNER}"
    assert invited("SEV2") == ANA
    assert invited("SEV1", lead=OWNER) == f"{ANA},{OWNER}"
    assert invited("SEV2", reporter="github:ana", lead=BOB) == BOB


@pytest.mark.parametrize("level", ["SEV1", "SEV3"])
@pytest.mark.parametrize("trusted", [True, False])
def test_a_private_incident_is_not_announced_and_has_no_issue(level: str, trusted: bool) -> None:
    """Nothing goes where others read."""
    incident = an_incident(private=True, severity=level, places=Places(room="C0ROOM"))
    changes = [
        (None, Moved(incident=incident, events=declared(trusted=trusted).events)),
        (incident, acts.post_update(incident, "We look.", BOB, NOW)),
        (incident, acts.change_severity(incident, "SEV2", "It grew.", BOB, NOW)),
        (incident, acts.take_lead(incident, BOB, NOW)),
        (incident, endings.resolve(incident, "A restart.", BOB, NOW)),
        (incident, acts.decline(incident, "The logs.", BOB, NOW)),
    ]
    for before, moved in changes:
        for wanted in _wanted(before, moved):
            assert SERVICE[wanted.kind] != "github"
            assert wanted.request.get("to", "room") in ("room", "lead") or wanted.request["to"].startswith("dm:")
    assert "room" in _words(_wanted(*changes[0]))


def test_a_queued_report_opens_nothing_but_the_announcement() -> None:
    """Room, issue and calls wait for the click; the reporter is told so."""
    assert _words(_reported("SEV1", trusted=False)) == ["announcement > alerts", "queued > dm:U0ANA"]


def test_a_private_report_that_waits_is_shown_to_the_owner() -> None:
    """It is announced nowhere, so nobody else would hear that it waits for a click."""
    moved = declared(trusted=False)
    private = moved.incident.model_copy(update={"private": True})
    wanted = _wanted(None, Moved(incident=private, events=moved.events), 1)
    assert _words(wanted) == [f"card > dm:{OWNER}", "queued > dm:U0ANA"]


def test_a_queued_report_that_is_accepted_opens_everything_else() -> None:
    """As if it had just been declared, but it is announced already."""
    queued = declared(trusted=False).incident
    assert _after(queued, acts.accept(queued, BOB, NOW)) == [
        "room", "card > room", "invite", "pin", "welcome > room", "issue", "accepted > dm:U0ANA",
    ]  # fmt: skip


def test_a_queued_report_that_grows_still_waits() -> None:
    """A higher severity opens no room before the report is let in; letting it in then opens one, not two."""
    queued = declared(trusted=False).incident.model_copy(update={"severity": "SEV3"})
    grown = acts.change_severity(queued, "SEV1", "Many people.", BOB, NOW)
    assert "room" not in _after(queued, grown)
    assert _after(grown.incident, acts.accept(grown.incident, BOB, NOW)).count("room") == 1


def test_a_queued_report_that_is_declined_and_comes_back_is_opened() -> None:
    """Nothing of it was ever opened, so the second look begins with that."""
    queued = declared(trusted=False).incident
    announced = queued.model_copy(update={"places": Places(announcement=Place(channel="C0ALERTS", ts="1.0"))})
    gone = acts.decline(announced, "The logs.", BOB, NOW).incident
    back = endings.reopen(gone, "It is broken after all.", BOB, NOW)
    assert back.incident.state is State.TRIAGING
    assert _after(gone, back)[:7] == [
        "room",
        "card > room",
        "invite",
        "pin",
        "welcome > room",
        "issue",
        "change > room",
    ]


def test_what_was_opened_is_not_opened_again() -> None:
    """Declined or resolved and reopened: it goes on where it was, and its issue is opened again."""
    incident = an_incident(places=OPENED)
    ends = [
        acts.decline(incident, "The logs.", BOB, NOW).incident,
        endings.resolve(incident, "A restart.", BOB, NOW).incident,
    ]
    for ended in ends:
        reopened = endings.reopen(ended, "No.", BOB, NOW)
        assert _after(ended, reopened) == ["change > room", "comment", "issue_state"]


def test_what_is_still_being_opened_is_not_opened_again() -> None:
    """Slack is slow, and it is resolved and reopened before its card is there: nothing is ordered twice."""
    resolved = endings.resolve(an_incident(), "A restart.", BOB, NOW).incident
    assert _after(resolved, endings.reopen(resolved, "No.", BOB, NOW)) == ["change > room", "comment", "issue_state"]


def test_a_raised_severity_opens_a_room() -> None:
    """Where there was a thread before; and the issue's labels follow."""
    minor = an_incident(severity="SEV3", places=IN_THREAD)
    assert _after(minor, acts.change_severity(minor, "SEV2", "It grew.", BOB, NOW)) == [
        "room", "card > room", "invite", "pin", "welcome > room", "change > room", "comment",
        "issue_state",
    ]  # fmt: skip


@pytest.mark.parametrize(("level", "to"), [("SEV3", "SEV4"), ("SEV4", "SEV3")])
def test_a_severity_between_minor_ones_opens_nothing(level: str, to: str) -> None:
    """It stays in its thread."""
    minor = an_incident(severity=level, places=IN_THREAD)
    said = _after(minor, acts.change_severity(minor, to, "Looked again.", BOB, NOW))
    assert said == ["change > alerts-thread", "comment", "issue_state"]


def test_a_room_stays_a_room() -> None:
    """Lowered and raised again, an incident with a room gets no second one."""
    major = an_incident(severity="SEV2", places=OPENED)
    lowered = acts.change_severity(major, "SEV4", "Only me.", BOB, NOW)
    raised = acts.change_severity(lowered.incident, "SEV1", "Everybody.", BOB, NOW)
    assert _after(major, lowered) == ["change > room", "comment", "issue_state"]
    assert _after(lowered.incident, raised) == ["invite", "change > room", "comment", "issue_state"]


def test_an_update_is_heard_in_three_places() -> None:
    """In the room, in the thread of the announcement, and on the issue; without a room the reporter hears it too."""
    major, minor = an_incident(places=OPENED), an_incident(severity="SEV3", places=IN_THREAD)
    assert _after(major, acts.post_update(major, "We look.", BOB, NOW)) == [
        "change > room", "change > alerts-thread", "comment",
    ]  # fmt: skip
    assert _after(minor, acts.post_update(minor, "We look.", BOB, NOW)) == [
        "change > alerts-thread", "update > dm:U0ANA", "comment",
    ]  # fmt: skip
    assert _after(minor, acts.post_update(minor, "I look.", ANA, NOW)) == ["change > alerts-thread", "comment"]


def test_a_new_lead_is_invited() -> None:
    """To the room where there is one, and told what is expected."""
    major, minor = an_incident(places=OPENED), an_incident(severity="SEV3", places=IN_THREAD)
    taken = acts.take_lead(major, CY, NOW)
    assert _after(major, taken)[:2] == ["invite", "change > room"]
    assert _after(taken.incident, acts.hand_over(taken.incident, BOB, CY, NOW)) == [
        "invite", "change > room", f"duties > dm:{BOB}",
    ]  # fmt: skip
    assert _after(minor, acts.take_lead(minor, CY, NOW))[:1] == ["change > alerts-thread"]


def test_an_end_is_told_to_the_reporter_and_to_the_issue() -> None:
    """Resolved and declined: a line, a notice, and the issue's comment and state, in this order."""
    incident = an_incident(places=OPENED)
    resolved = endings.resolve(incident, "A restart.", BOB, NOW)
    assert _after(incident, resolved) == [
        "change > room", "resolved > dm:U0ANA", "comment", "issue_state",
        "postmortem > room", "postmortem_due > lead", "postmortem_due > lead",
    ]  # fmt: skip
    declined = acts.decline(incident, "The logs.", BOB, NOW)
    assert _after(incident, declined) == ["change > room", "declined > dm:U0ANA", "comment", "issue_state"]
    confirmed = endings.confirm_fixed(resolved.incident, ANA, NOW)
    assert _after(resolved.incident, confirmed) == ["change > room"]
    minor = an_incident(severity="SEV3", state=State.RESOLVED, places=IN_THREAD)
    assert _after(minor, endings.close(minor, BOB, NOW)) == ["change > alerts-thread"]


def test_a_move_between_stages_is_one_line() -> None:
    """The card says the rest; the first move of a declaration says nothing by itself."""
    incident = an_incident(places=OPENED)
    assert _after(incident, acts.change_status(incident, State.MONITORING, BOB, NOW)) == ["change > room"]


@pytest.mark.parametrize("kind", EventKind)
def test_every_kind_of_event_has_an_answer(kind: EventKind) -> None:
    """None is forgotten with an error, whatever the incident's level."""
    for places, severity in ((OPENED, "SEV1"), (IN_THREAD, "SEV4"), (Places(), "SEV2")):
        before = an_incident(severity=severity, places=places)
        event = Event(kind=kind, at=NOW, by=BOB, data={})
        for wanted in _wanted(before, Moved(incident=before, events=(event,)), 9):
            assert wanted.request.get("event", "9") == "9"
            assert wanted.kind is not EffectKind.POST or {"say", "to"} <= wanted.request.keys()


def test_what_is_needed_is_provided_before() -> None:
    """Nobody waits for a place that comes later in the same change, and each place is provided once."""
    for level in ("SEV1", "SEV4"):
        there: list[Landmark] = []
        for wanted in _reported(level):
            assert wanted.needs is None or wanted.needs in there
            there += [wanted.provides] if wanted.provides else []
        assert len(there) == len(set(there))


def test_lines_keep_people_and_issue_in_order() -> None:
    """What is said in one place goes in one line; the comment comes before the issue is closed."""
    incident = an_incident(places=OPENED)
    wanted = _wanted(incident, endings.resolve(incident, "A restart.", BOB, NOW))
    assert [w.line for w in wanted][:4] == ["room", None, "issue", "issue"]
    update = _wanted(incident, acts.post_update(incident, "We look.", BOB, NOW))
    assert [w.line for w in update] == ["room", "alerts-thread", "issue"]


def test_events_are_named_by_their_number() -> None:
    """The second event of a change is one further on the timeline."""
    incident = an_incident(places=OPENED)
    first = acts.post_update(incident, "We look.", BOB, NOW)
    second = acts.change_status(first.incident, State.IDENTIFIED, BOB, NOW)
    both = Moved(incident=second.incident, events=(*first.events, *second.events))
    assert [w.request["event"] for w in _wanted(incident, both, 5)] == ["5", "5", "5", "6"]
