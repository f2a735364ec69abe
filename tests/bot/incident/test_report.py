"""What a report's text tells, what is missing from it, and what it is called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.incident.catalogue import OTHER
from bot.incident.duplicates import duplicates
from bot.incident.model import Scope, State
from bot.incident.report import TITLE_LIMIT, draft, missing, title
from tests.bot.incident.examples import CATALOGUE, MINUTE, NOW, a_report, an_incident

GOOD = (
    "Nextcloud at nextcloud.example.com returns 502 Bad Gateway since ~14:00 UTC.\n"
    "Other services seem fine. Tried incognito - same result."
)
ALSO_GOOD = "Home Assistant not loading since this morning"
RESOLVER = "ha-sofia.example.lan not resolving - getting NXDOMAIN"


def test_the_good_example_fills_the_form() -> None:
    """Service, kind and start; the rest is for the reporter."""
    found = draft(GOOD, CATALOGUE, NOW, "Europe/Sofia")
    assert (found.service, found.error_kind, found.scope) == ("Nextcloud", "bad_gateway", None)
    assert found.started == NOW.replace(hour=14)
    assert found.what == GOOD


def test_the_minimal_example_fills_what_it_tells() -> None:
    """A morning is a guess that the reporter sees."""
    found = draft(ALSO_GOOD, CATALOGUE, NOW, "UTC")
    assert (found.service, found.error_kind, found.started) == ("Home Assistant", "timeout", NOW.replace(hour=8))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("503 everywhere", "unavailable"),
        ("connection timed out", "timeout"),
        ("it won't load", "timeout"),
        ("can't log in", "login"),
        ("SSO is broken", "login"),
        ("very slow since noon", "slow"),
        ("data is missing", "data"),
        (RESOLVER, "timeout"),
        ("port 5020 is open", ""),
        ("login gives 502", "bad_gateway"),
        ("nothing works", ""),
    ],
)
def test_kinds_are_suggested_by_code_and_words(text: str, kind: str) -> None:
    """A code says more than a word; where nothing is said, nothing is chosen."""
    assert draft(text, CATALOGUE, NOW, "UTC").error_kind == kind


def test_scope_and_link_are_read() -> None:
    """The link ends where the sentence does."""
    found = draft("only me? see https://ha.example.com/x?a=1&b=2.", CATALOGUE, NOW, "UTC")
    assert (found.scope, found.link, found.service) == (
        Scope.JUST_ME,
        "https://ha.example.com/x?a=1&b=2",
        "Home Assistant",
    )
    assert draft("down for everyone", CATALOGUE, NOW, "UTC").scope is Scope.MULTIPLE


@pytest.mark.parametrize(
    "what", [GOOD, ALSO_GOOD, RESOLVER, "502", "printer down", "no internet", "網站打不開", "Сайт не открывается"]
)
def test_what_somebody_could_act_on_passes(what: str) -> None:
    """The good examples, the minimal ones, in any script."""
    assert missing(a_report(what=what)) == {}
    if what != "502":
        assert missing(a_report(service=OTHER, what=what)) == {}


@pytest.mark.parametrize(
    "what",
    [
        "Nothing works",
        "help",
        "broken",
        "???",
        "🔥🔥🔥",
        "",
        "  ",
        "it is broken!!!",
        "Please HELP, not working",
        "error",
    ],
)
def test_what_says_nothing_is_answered_field_by_field(what: str) -> None:
    """Kindly: what would help, and where; no blame."""
    with_service = missing(a_report(what=what))
    assert set(with_service) == {"what"}
    without = missing(a_report(service=OTHER, what=what))
    assert set(without) == {"what", "service"}
    assert set(missing(a_report(service="", what=what))) == {"what", "service"}
    assert all(sentence[-1] in ".?" for sentence in (*with_service.values(), *without.values()))


def test_an_emergency_is_not_held_up_by_its_wording() -> None:
    """Whoever ticks that several services are down has said enough."""
    for answer in ("several_services", "data_at_risk", "security"):
        assert missing(a_report(service=OTHER, what="Nothing works", **{answer: True})) == {}
    assert set(missing(a_report(service=OTHER, what="Everything is down"))) == {"what", "service"}
    assert set(missing(a_report(what="🔥", security=True))) == {"what"}


def test_a_service_is_always_asked_for() -> None:
    """Even of a good report; Other will do."""
    assert set(missing(a_report(service="", what=GOOD))) == {"service"}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"what": GOOD}, "Nextcloud at nextcloud.example.com returns 502 Bad Gateway since ~14:00 UTC"),
        ({"what": "It returns 502. Since noon."}, "Nextcloud: It returns 502"),
        ({"service": OTHER, "what": "The printer is down!"}, "The printer is down"),
        ({"what": "<title> fails if x<y &amp; z>2"}, "Nextcloud: <title> fails if x<y &amp; z>2"),
        ({"what": "\u202e"}, "Nextcloud: 502 Bad Gateway"),
        ({"service": OTHER, "what": "", "error_kind": "?"}, "Other, not sure"),
    ],
)
def test_titles(said: dict[str, str], expected: str) -> None:
    """The service, then the first sentence."""
    assert title(a_report(**said), CATALOGUE) == expected


@given(st.text(max_size=300), st.sampled_from([*CATALOGUE.names, "", "\x00"]))
def test_reading_never_raises(text: str, service: str) -> None:
    """Whatever is typed: a draft, an answer and a title of one line."""
    found = draft(text, CATALOGUE, NOW, "Europe/London")
    assert found.started is None or found.started <= NOW
    report = a_report(service=service, what=text)
    assert all(missing(report).values())
    named = title(report, CATALOGUE)
    assert named
    assert len(named) <= TITLE_LIMIT
    assert "\n" not in named


def test_duplicates_are_open_or_just_resolved_incidents_of_the_service() -> None:
    """Queued ones count; Other is no service; tests are not real."""
    resolved = an_incident(number=4, state=State.RESOLVED)
    at = resolved.milestones.model_copy(update={"all_clear": NOW - 30 * MINUTE})
    long_ago = resolved.milestones.model_copy(update={"all_clear": NOW - 61 * MINUTE})
    known = [
        an_incident(number=1),
        an_incident(number=2, state=State.QUEUED),
        an_incident(number=3, report=a_report(service="DNS")),
        resolved.model_copy(update={"milestones": at}),
        resolved.model_copy(update={"number": 5, "milestones": long_ago}),
        an_incident(number=6, test=True),
        an_incident(number=7, state=State.DECLINED),
        an_incident(number=8, report=a_report(service=OTHER)),
    ]
    assert [each.number for each in duplicates(known, "nextcloud", NOW)] == [4, 2, 1]
    assert duplicates(known, OTHER, NOW) == ()
    assert duplicates(known, "", NOW) == ()
