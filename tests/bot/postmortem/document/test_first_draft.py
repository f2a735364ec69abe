"""The first draft: complete in facts, names nobody, and says which sections wait for a person."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given

from bot.incident.entries import Entry, Kept, fold
from bot.incident.model import ALERTMANAGER, Event, EventKind, Impact, Incident, Link, Milestones, Places, Resolution
from bot.postmortem.document.first_draft import by_role, first_draft
from bot.postmortem.document.model import Document, Part
from bot.postmortem.document.parse import parse
from bot.postmortem.document.render import render
from bot.postmortem.policy import Policy
from bot.postmortem.reader import read
from tests.bot.incident.examples import ANA, BOB, CY, a_report, an_incident
from tests.bot.postmortem.test_properties import MESS

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PEOPLE = {ANA: "Ana", BOB: "Bob", CY: "Cy"}


def at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes, seconds=20)


def ended() -> Incident:
    """Reported by Ana, led by Bob, resolved after 65 minutes."""
    return an_incident(
        title="Nextcloud: 502 on every page",
        lead=BOB,
        roles={"scribe": (CY,)},
        severity_reason="it cannot be used at all",
        impact=Impact(users="Everybody at home", data="none lost"),
        links=(Link(name="Dash|board", url="https://grafana.example.com/d/1"),),
        places=Places(issue_number=7, issue_url="https://github.com/example/infra/issues/7"),
        milestones=Milestones(
            started=NOON, detected=at(4), declared=at(5), acknowledged=at(7), mitigated=at(34), restored=at(65)
        ),
        resolution=Resolution(fix="Restarted the database.", cause="Its disk was full.", ended=at(65), by=BOB),
    )


def entries(*more: Event) -> tuple[Entry, ...]:
    """What happened, as the timeline has it."""
    events = (
        Event(kind=EventKind.DECLARED, at=at(5), by=ANA, data={"title": "it"}),
        Event(kind=EventKind.ROOM_OPENED, at=at(6), by=BOB, data={"room": "C1"}),
        Event(kind=EventKind.LEAD_CHANGED, at=at(7), by=BOB, data={"lead": BOB}),
        Event(kind=EventKind.NOTED, at=at(8), by=CY, text="for us alone"),
        Event(kind=EventKind.NOTED, at=at(9), by=CY, text="Its disk is full", data={"public": "yes"}),
        *more,
    )
    return fold(events, {})


def drafted(incident: Incident, *more: Event, kept: tuple[Kept, ...] = ()) -> Document:
    """The draft, with people as their parts."""
    name = by_role(incident, {"scribe": "the scribe"}.__getitem__)
    told = entries(*more)
    return first_draft(incident, told, kept, name=name, owner=PEOPLE.__getitem__, services=["Nextcloud"])


def written(incident: Incident, *more: Event, kept: tuple[Kept, ...] = ()) -> str:
    """The same as text."""
    return render(drafted(incident, *more, kept=kept))


def test_every_fact_has_its_place() -> None:
    """The table at the top, the timeline with its sources, and what is known of cause and cure."""
    content = written(ended())
    for line in (
        "# Post-mortem: Nextcloud: 502 on every page",
        "| **Date** | 2026-03-02 |",
        "| **Duration** | 1 h 05 min (2026-03-02 12:00 UTC to 2026-03-02 13:05 UTC) |",
        "| **Severity** | SEV2 (major): it cannot be used at all |",
        "| **Issue** | [\\#7](https://github.com/example/infra/issues/7) |",
        "| **Time to detect** | 4 min |",
        "| **Time to acknowledge** | 2 min |",
        "| **Time to mitigate** | 30 min |",
        "| **Time to resolve** | 1 h 05 min |",
        "| 2026-03-02 12:07 | The person in charge took the lead. | Holdfast |",
        "| 2026-03-02 12:09 | The scribe noted: Its disk is full. | Holdfast |",
        "- **Users:** Everybody at home",
        "Its disk was full.",
        "- [Dash\\|board](https://grafana.example.com/d/1)",
    ):
        assert line in content.split("\n"), line


def test_it_names_nobody_and_tells_nothing_internal() -> None:
    """People are their parts in it; what was noted for members stays with them."""
    told = Event(kind=EventKind.NOTED, at=at(10), by="U0STRANGER", text="<@U0BOB> restarts it", data={"public": "yes"})
    named = ended().model_copy(update={"title": "<@U0BOB|bob> broke it", "severity_reason": "@U0ANA says so"})
    content = written(ended(), told) + written(named)
    for word in ("Ana", "Bob", "U0", "for us alone", "room C1"):
        assert word not in content
    assert "A responder noted" in content
    assert "# Post-mortem: the person in charge broke it" in content
    assert "me@UNITED.example" in written(named.model_copy(update={"title": "me@UNITED.example is down"}))


def test_it_says_what_waits_for_a_person() -> None:
    """And no more than that."""
    document = parse(written(ended()))
    assert document.waiting == (Part.WHYS, Part.FACTORS, Part.WELL, Part.POORLY, Part.LUCKY)
    assert document.date == date(2026, 3, 2)
    bare = parse(written(an_incident(milestones=Milestones(declared=NOON))))
    assert {fact.name: fact.value.text for fact in bare.facts}["Time to detect"] == "not recorded"
    assert {fact.name: fact.value.text for fact in bare.facts}["Duration"] == "not over yet"


def test_action_items_are_drafted_from_what_is_known() -> None:
    """What people proposed, typed where they typed it; and an alert, where a person had to tell of it."""
    proposed = (
        Kept(key="T-1", text="Grow the disk", by=ANA, type="Config", owner=BOB, due="2026-03-09"),
        Kept(key="T-2", text="Think about it", by=ANA),
    )
    items = read("x.md", written(ended(), kept=proposed), Policy()).items
    assert [(item.type, item.owner, item.is_open) for item in items] == [
        ("Config", "Bob", True),
        ("", "", True),
        ("Alert", "", True),
    ]
    alerted = Event(kind=EventKind.ALERT_FIRED, at=at(3), by=ALERTMANAGER, data={"alert": "Down"})
    content = written(ended(), alerted)
    assert not read("x.md", content, Policy()).items
    assert "Alertmanager says that Down fires" in content


@given(MESS, MESS, MESS)
def test_whatever_people_wrote_stays_in_its_place(what: str, fix: str, noted: str) -> None:
    """No text of a report or a note makes an item that is safe, a heading, a block of ours, or a second table."""
    incident = ended().model_copy(
        update={
            "title": what or "x",
            "report": a_report(service=what or "x", what=what),
            "severity_reason": noted,
            "resolution": Resolution(fix=fix, cause=noted, ended=at(65), by=BOB),
            "impact": Impact(users=noted, business=fix),
        }
    )
    told = Event(kind=EventKind.NOTED, at=at(10), by=CY, text=noted, data={"public": "yes"})
    document = drafted(incident, told)
    content = render(document)
    after = parse(content)
    assert after.model_copy(update={"parts": {}}) == document.model_copy(
        update={"parts": {}, "title": after.title, "facts": after.facts, "timeline": after.timeline, "plan": after.plan}
    )
    assert (len(after.facts), len(after.timeline), len(after.plan)) == (10, len(document.timeline), 1)
    alert = "Add an alert that fires when the service fails like this: 502 Bad Gateway"
    assert {item.action for item in read("x.md", content, Policy()).safe} <= {alert}
