"""The timeline and the forms around it: valid for Slack whatever was written, and read back as they were filled in."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import Refused
from bot.incident.entries import Entry, Source, said_at, stamp_of
from bot.incident.entries import Mark as How
from bot.incident.model import Event, EventKind, Incident
from bot.incident.requests import Curate, Mark, Note, ProposeItem
from bot.views import issue as issues
from bot.views import timeline as views
from bot.views.forms import capture, note
from bot.views.forms import timeline as form
from bot.views.forms.parts import Memory, View
from bot.workspace.slack import validate
from tests.bot.views.filling import filled
from tests.bot.views.samples import ACTORS, NASTY, NOW, TEXT, TIMES, an_incident, incidents
from tests.bot.views.test_issue import EFFECT, check

ABOUT: dict[str, Any] = {"actor": "U0ANA", "channel": "C0ROOM", "incident": "incident-12"}
HERE = Memory(incident="incident-12", channel="C0ROOM")
SLOW = [HealthCheck.too_slow]


def name(actor: str) -> str:
    """A person by name."""
    return {"U0ANA": "Ana"}.get(actor, actor)


EVENTS = st.builds(
    Event,
    kind=st.sampled_from(EventKind),
    at=TIMES,
    by=ACTORS,
    text=TEXT,
    data=st.dictionaries(st.sampled_from(["room", "issue", "url", "number", "lead", "key", "entry"]), TEXT, max_size=4),
)
SOURCES = st.builds(Source, channel=TEXT, ts=TEXT, permalink=TEXT, pictures=st.integers(0, 9), files=st.integers(0, 9))


@st.composite
def entries(draw: st.DrawFn) -> list[Entry]:
    """Any timeline."""
    events = draw(st.lists(EVENTS, max_size=40))
    return [
        Entry(
            number=number,
            event=event,
            at=event.at,
            by=event.by,
            text=event.text,
            public=draw(st.booleans()),
            starred=draw(st.booleans()),
            source=draw(st.one_of(st.none(), SOURCES)),
        )
        for number, event in enumerate(events, start=1)
    ]


@settings(deadline=None, max_examples=60, suppress_health_check=SLOW)
@given(incidents(), entries(), st.integers(-3, 9))
def test_every_page_is_valid(incident: Incident, timeline: list[Entry], at: int) -> None:
    """Whatever happened and was written; a page that is not there is the nearest one."""
    view = views.page(incident, timeline, Memory(channel="C0ROOM", page=at), name)
    assert validate.view(view) == []
    assert Memory.of(view).incident == incident.id
    assert "<!channel>" not in str(view["blocks"])


@settings(deadline=None, max_examples=40, suppress_health_check=SLOW)
@given(incidents(), entries(), TEXT)
def test_every_form_is_valid(incident: Incident, timeline: list[Entry], draft: str) -> None:
    """For any incident and any words."""
    lines = [(entry, views.label(entry, name, "Europe/Rome")) for entry in timeline]
    memory = Memory(channel="C0ROOM", draft=draft, ts="1790000000.000100")
    made: list[View] = [form.build(incident, memory, lines), note.build(incident, memory)]
    for build in (capture.add, capture.item):
        made += [build(incident, [], memory), build(None, [incident], memory), build(None, [], memory)]
    for view in made:
        assert validate.view(view) == []


@pytest.mark.parametrize("zone", ["Europe/Rome", "nowhere", "", "../etc"])
def test_a_label_is_in_the_persons_zone(zone: str) -> None:
    """One that Slack made up reads as UTC."""
    event = Event(kind=EventKind.NOTED, at=NOW, by="U0ANA", text="x")
    entry = Entry(number=3, event=event, at=NOW, by="U0ANA", text="Restarted")
    hour = "16:00" if zone == "Europe/Rome" else "15:00"
    assert views.label(entry, name, zone) == f"3. 20 Nov {hour} Restarted"


@pytest.mark.parametrize("typed", NASTY)
def test_help_is_valid_for_anything_typed(typed: str) -> None:
    """And carries it along."""
    assert validate.message(views.subword_help(typed, "add").blocks) == []
    assert validate.message(views.unclear_time(typed, typed).blocks) == []


LINES = [(Entry(number=4, event=Event(kind=EventKind.NOTED, at=NOW, by="U0ANA"), at=NOW, by="U0ANA"), "4. words")]
INC = an_incident()
THERE = HERE.model_copy(update={"ts": "1790000000.000100", "stamp": "1790000009.000100"})
ELSEWHERE = THERE.model_copy(update={"incident": "", "channel": "C0GENERAL"})
MESSAGE: dict[str, Any] = {"place": "C0ROOM", "ts": THERE.ts, "stamp": THERE.stamp, "on": True}
AWAY = {**ABOUT, "channel": "C0GENERAL"}

ROUND_TRIPS: list[tuple[Any, View, dict[str, Any], object]] = [
    (note.read, note.build(INC, HERE), {"text": "It lags"}, Note(**ABOUT, text="It lags")),
    (
        note.read,
        note.build(INC, HERE),
        {"text": "It lags", "at": 1795186800, "audience": "public"},
        Note(**ABOUT, text="It lags", at=NOW, public=True),
    ),
    (
        note.read,
        note.build(INC, HERE.model_copy(update={"verb": "timeline"}), NOW),
        {"text": "It lags"},
        Note(**ABOUT, text="It lags", at=NOW, public=True),
    ),
    (note.read, note.build(an_incident(private=True), HERE), {"text": "Us"}, Note(**ABOUT, text="Us")),
    (form.read, form.build(INC, HERE, LINES, do="star", entry=4), {}, Curate(**ABOUT, do="star", entry=4)),
    (
        form.read,
        form.build(INC, HERE, LINES),
        {"entry": "4", "do": "hide", "reason": "not ours"},
        Curate(**ABOUT, do="hide", entry=4, text="not ours"),
    ),
    (
        form.read,
        form.build(INC, HERE, LINES, do="time", entry=4, at=NOW),
        {},
        Curate(**ABOUT, do="time", entry=4, at=NOW),
    ),
    (capture.read_add, capture.add(INC, [], THERE), {}, Mark(**ABOUT, **MESSAGE, mark=How.ADD)),
    (capture.read_add, capture.add(INC, [], THERE), {"audience": "internal"}, Mark(**ABOUT, **MESSAGE, mark=How.STAR)),
    (
        capture.read_add,
        capture.add(None, [INC], ELSEWHERE),
        {"text": "words"},
        Note(**AWAY, text="words", at=said_at(THERE.ts), public=True),
    ),
    (
        capture.read_item,
        capture.item(None, [INC], ELSEWHERE),
        {"what": "More disks", "type": "Config", "owner": "U0BOB", "due": "2026-12-01"},
        ProposeItem(**AWAY, text="More disks", type="Config", owner="U0BOB", due="2026-12-01"),
    ),
    (capture.read_item, capture.item(INC, [], THERE), {"what": "x"}, ProposeItem(**ABOUT, text="x")),
]


@pytest.mark.parametrize(("read", "view", "said", "request_"), ROUND_TRIPS)
def test_what_is_filled_in_is_what_is_read(read: Any, view: View, said: dict[str, Any], request_: object) -> None:
    """The form is one Slack takes, and its answer is the request."""  # Any: a function of any form
    assert validate.view(view) == []
    assert read(filled(view, **said), "U0ANA") == request_


@pytest.mark.parametrize(
    ("read", "view", "fields"),
    [
        (note.read, note.build(INC, HERE), {"text"}),
        (form.read, form.build(INC, HERE, LINES), {"entry", "do"}),
        (form.read, form.build(INC, HERE, LINES, do="time", entry=4), {"at"}),
        (capture.read_add, capture.add(None, [INC, INC], ELSEWHERE), {"incident", "text"}),
        (capture.read_item, capture.item(INC, [], THERE), {"what"}),
    ],
)
def test_what_is_missing_is_said_at_its_field(read: Any, view: View, fields: set[str]) -> None:
    """Each with a sentence."""  # Any: a function of any form
    with pytest.raises(Refused) as refusal:
        read(filled(view), "U0ANA")
    assert set(refusal.value.fields) == fields


@given(TEXT, SOURCES)
def test_the_mirror_is_safe_for_any_text(text: str, source: Source) -> None:
    """Nobody is called, nothing hides, and our marker ends it."""
    event = Event(kind=EventKind.PINNED, at=NOW, by="U0ANA")
    entry = Entry(number=1, event=event, at=NOW, by="U0BOB", text=text, source=source)
    body = issues.timeline_comment(entry, text, EFFECT)
    check(body)
    assert body.startswith("**Timeline:** 2026-11-20 15:00 UTC")


@given(st.datetimes(min_value=NOW.replace(tzinfo=None), max_value=NOW.replace(year=2200, tzinfo=None)))
def test_stamps_compare_as_texts(later: Any) -> None:
    """In the order of their times, as Slack's own."""  # Any: a naive datetime of the strategy
    at = later.replace(tzinfo=NOW.tzinfo) + timedelta(microseconds=1)
    assert stamp_of(NOW) < stamp_of(at)
    assert said_at(stamp_of(at)) == at.replace(microsecond=0)
