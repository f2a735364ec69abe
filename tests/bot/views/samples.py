"""Any incident at all, for views that must stay valid whatever people write."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from bot.incident.model import (
    Handover,
    Impact,
    Incident,
    Link,
    Milestones,
    Place,
    Places,
    Report,
    Resolution,
    Scope,
    State,
    Update,
)
from bot.incident.schemes import SCHEMES

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
NASTY = (
    "",
    " ",
    "\x00",
    "<!channel> <@U0ANA> <https://evil.example.com|click>",
    "& &amp; &lt;!here&gt;",
    "\u202egnp.exe",
    "مرحبا بالعالم",
    "🔥" * 400,
    "```\n> quote\n*bold*",
    "-->\n<!-- holdfast:1 -->",
    "@everyone #1 GH-1",
    "&" * 5000,
    "\n" * 5000,
    "x" * 6000,
    "payload=1",
    "{by} {0} %s",
)
TEXT = st.one_of(st.sampled_from(NASTY), st.text(max_size=200))
TIMES = st.integers(1_000_000_000, 5_000_000_000).map(lambda stamp: datetime.fromtimestamp(stamp, UTC))
MAYBE = st.one_of(st.none(), TIMES)
ACTORS = st.one_of(st.sampled_from(("U0ANA", "U0BOB", "github:ana", "holdfast")), TEXT)
LEVELS = st.sampled_from([(scheme.id, level.id) for scheme in SCHEMES.values() for level in scheme.levels])

REPORTS = st.builds(
    Report,
    service=TEXT,
    what=TEXT,
    error_kind=TEXT,
    started=MAYBE,
    scope=st.sampled_from(Scope),
    link=TEXT,
    expected=TEXT,
    found_by=TEXT,
    several_services=st.booleans(),
    data_at_risk=st.booleans(),
    security=st.booleans(),
    workaround=st.booleans(),
)
PLACES = st.builds(
    Places,
    origin=TEXT,
    room=st.one_of(st.none(), st.just("C0ROOM"), TEXT),
    room_name=st.none(),
    announcement=st.one_of(st.none(), st.just(Place(channel="C0ALERTS", ts="1.2"))),
    issue_number=st.one_of(st.none(), st.integers(1, 10**6)),
    issue_url=st.one_of(st.none(), st.just("https://github.example.com/x/y/issues/7"), TEXT),
)
UPDATES = st.builds(Update, text=TEXT, next_steps=TEXT, next_at=MAYBE, at=TIMES, by=ACTORS)
RESOLUTIONS = st.builds(Resolution, fix=TEXT, cause=TEXT, ended=TIMES, by=ACTORS)


@st.composite
def incidents(draw: st.DrawFn) -> Incident:
    """Any incident whose severity belongs to its scheme."""
    scheme, level = draw(LEVELS)
    return Incident(
        id=draw(st.uuids()).hex,
        number=draw(st.integers(1, 10**9)),
        title=draw(TEXT),
        state=draw(st.sampled_from(State)),
        severity=level,
        severity_reason=draw(TEXT),
        scheme=scheme,
        report=draw(REPORTS),
        reporter=draw(ACTORS),
        lead=draw(st.one_of(st.none(), ACTORS)),
        private=draw(st.booleans()),
        test=draw(st.booleans()),
        needs_human=draw(st.booleans()),
        milestones=Milestones(started=draw(MAYBE), declared=draw(MAYBE)),
        places=draw(PLACES),
        last_update=draw(st.one_of(st.none(), UPDATES)),
        resolution=draw(st.one_of(st.none(), RESOLUTIONS)),
        also_reported=draw(st.lists(ACTORS, max_size=3).map(tuple)),
        roles=draw(st.dictionaries(st.sampled_from(("scribe", "expert", "gone")), st.tuples(ACTORS), max_size=2)),
        impact=Impact(users=draw(TEXT), data=draw(TEXT)),
        links=draw(st.lists(st.builds(Link, name=TEXT, url=TEXT), max_size=3).map(tuple)),
        handover=draw(st.one_of(st.none(), st.builds(Handover, to=ACTORS, by=ACTORS, summary=TEXT, at=TIMES))),
        merged_into=draw(st.one_of(st.none(), st.just("INC-7"))),
    )


def an_incident(**changes: object) -> Incident:
    """INC-12, investigating, unless said otherwise."""
    incident = Incident(
        id="incident-12",
        number=12,
        title="Nextcloud gives 502",
        state=State.INVESTIGATING,
        severity="SEV2",
        severity_reason="One important service is down.",
        scheme="sev",
        report=Report(service="Nextcloud", what="502 Bad Gateway since 14:00", started=NOW),
        reporter="U0ANA",
        milestones=Milestones(started=NOW, declared=NOW),
    )
    return incident.model_copy(update=changes)
