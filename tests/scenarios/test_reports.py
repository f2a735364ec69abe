"""Reporting: the examples of real reports, every way into the form, and what the form does while it is open."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.incident.model import State
from tests.scenarios.reading import buttons, issue, issue_text, view_words
from tests.scenarios.story import GOOD, Story, words

GOOD_REPORT = (
    "Nextcloud at nextcloud.viktorbarzin.me returns 502 Bad Gateway since ~14:00 UTC. "
    "Was working fine this morning. Other services (Grafana, Immich) seem fine."
)
GOOD_TRIED = (
    "Nextcloud at nextcloud.viktorbarzin.me returns 502 Bad Gateway since ~14:00 UTC. "
    "Other services seem fine. Tried incognito — same result."
)
MINIMAL_DNS = "ha-sofia.viktorbarzin.lan not resolving — getting NXDOMAIN"
#: Smart typing is made plain, so that what is quoted can be searched and pasted.
DASH = str.maketrans("—", "-")
MINIMAL_HOME = "Home Assistant not loading since this morning"


def held(story: Story, block: str, who: str = "ana") -> object:
    """What an input of somebody's open form holds."""
    view = story.person(who).view
    assert view is not None
    (value,) = view.state[block].values()
    found = value.get("selected_option") or {}
    return value.get("value") or value.get("selected_date_time") or found.get("value")


@pytest.mark.core
@pytest.mark.parametrize("text", [GOOD_REPORT, GOOD_TRIED])
async def test_a_good_report_fills_the_form_by_itself(story: Story, text: str) -> None:
    """Service, kind of error and time stand in the form already; one click sends it."""
    ana = story.person("ana")
    await ana.slash("/incident", text)
    assert held(story, "service") == "nextcloud"
    assert held(story, "what") == text.translate(DASH)
    assert held(story, "error_kind") == "bad_gateway"
    assert held(story, "started") == datetime(2026, 3, 2, 14, 0, tzinfo=UTC).timestamp()
    assert await ana.submit() is None
    await story.settle()

    incident = await story.incident()
    assert (incident.severity, incident.places.room_name) == ("SEV2", "inc-1-nextcloud")
    filed = issue_text(issue(story)).replace("\u2060", "")
    assert "2026-03-02 14:00 UTC" in filed
    assert "502 Bad Gateway since" in filed


@pytest.mark.parametrize(("text", "started"), [(MINIMAL_DNS, None), (MINIMAL_HOME, (7, 0))])
async def test_a_minimal_report_is_enough(story: Story, text: str, started: tuple[int, int] | None) -> None:
    """One line about a service that is not in the list: choosing Other is all that is left to do."""
    ana = story.person("ana")
    await ana.slash("/incident", text)
    assert held(story, "service") is None
    assert held(story, "error_kind") == "timeout"
    await ana.fill("service", "Other")
    await story.settle()
    assert await ana.submit() == {"other_service": "Please complete this required field."}
    assert await ana.submit({"other_service": "Home Assistant"}) is None
    await story.settle()

    incident = await story.incident()
    assert (incident.service, incident.report.what) == ("Home Assistant", text.translate(DASH))
    at = incident.report.started
    assert (at and (at.hour, at.minute)) == started, "this morning is eight o'clock in Madrid"
    assert incident.places.room_name == "inc-1-home-assistant"


@pytest.mark.core
async def test_a_report_that_says_nothing_is_helped_field_by_field(story: Story) -> None:
    """*Nothing works* is answered at its fields; nothing that was filled in is lost, and the corrected report goes."""
    ana = story.person("ana")
    await ana.slash("/incident", "Nothing works")
    await ana.fill("service", "Other")
    await story.settle()
    others = {"scope": "multiple", "expected": "My files", "link": "https://nextcloud.example.com/f/1"}
    wrong = await ana.submit({"other_service": "Other", "error_kind": "other", **others})
    assert wrong is not None
    assert set(wrong) == {"what", "service"}
    assert wrong["what"].startswith("Thank you for telling us.")
    assert (held(story, "what"), held(story, "expected")) == ("Nothing works", "My files")
    assert await story.incidents.listed("U0VIKTOR") == []

    await ana.fill("service", "nextcloud")
    await story.settle()
    still = await ana.submit()
    assert still is not None
    assert set(still) == {"what"}
    assert await ana.submit({"what": "Every page shows a white screen"}) is None
    await story.settle()
    report = (await story.incident()).report
    assert (report.service, report.expected, report.link) == ("nextcloud", others["expected"], others["link"])


async def test_the_form_opens_empty(story: Story) -> None:
    """`/incident` alone asks everything, and what is missing is said by Slack's own client."""
    ana = story.person("ana")
    await ana.slash("/incident")
    wrong = await ana.submit()
    assert wrong is not None
    assert {"service", "what", "error_kind"} <= set(wrong)
    assert await ana.submit(GOOD) is None


async def test_a_report_from_a_direct_message(story: Story) -> None:
    """The command works in the conversation with the bot too, and the incident is announced where all can see it."""
    ana = story.person("ana")
    await ana.slash("/incident", "immich times out", channel="dm")
    assert await ana.submit({"scope": "multiple"}) is None
    await story.settle()
    assert "INC-1" in story.said("alerts")[0]


@pytest.mark.parametrize("channel", ["alerts", "dm"])
async def test_being_spoken_to_offers_a_report(story: Story, channel: str) -> None:
    """A mention, or a direct message, is answered with its own words one click from the form."""
    ana = story.person("ana")
    await ana.say("nextcloud gives 502" if channel == "dm" else "@holdfast nextcloud gives 502", channel)
    await story.settle()
    await ana.click("declare.draft", channel)
    assert held(story, "service") == "nextcloud"
    assert held(story, "what") == "nextcloud gives 502"
    assert await ana.submit({"scope": "multiple"}) is None
    await story.settle()
    assert (await story.incident()).reporter == ana.id


async def test_a_screenshot_stays_in_slack(story: Story) -> None:
    """A picture handed over with the form is shown in the room, and is not in the issue."""
    file = await story.person("ana").upload("screen.png", b"\x89PNG", "image/png")
    incident = await story.declare(screenshots=[file])
    await story.follow()
    assert incident.report.screenshots == (file,)
    shown = [block for message in story.workspace.slack.messages(await story.room()) for block in message.blocks]
    assert {"id": file} in [block.get("slack_file") for block in shown]
    assert file not in issue_text(issue(story))


async def test_an_open_incident_of_the_service_is_shown_before_it_is_reported_twice(story: Story) -> None:
    """Whoever is about to report the same thing sees it in the form, and can look at it without losing theirs."""
    await story.declare()
    bob = story.person("bob")
    await bob.slash("/incident", "nextcloud is broken for me: white page")
    await story.settle()
    assert "INC-1" in view_words(bob.view)
    await bob.fill("service", "immich")
    await story.settle()
    assert "INC-1" not in view_words(bob.view)
    await bob.fill("service", "nextcloud")
    await story.settle()
    await bob.click("show.open")
    await story.settle()
    assert "Triaging" in view_words(bob.view)
    await bob.close_view()
    assert held(story, "what", "bob") == "nextcloud is broken for me: white page"
    assert await bob.submit({"error_kind": "other", "joins": "anew"}) is None
    await story.settle()
    assert (await story.newest()).number == 2, "a warning, no wall"


async def test_what_was_resolved_long_ago_is_no_duplicate(story: Story) -> None:
    """An hour after its end an incident is not offered any more."""
    await story.declare()
    bob = story.person("bob")
    await bob.slash("/incident", "resolve 1 restarted it")
    for minutes, offered in ((30, True), (45, False)):
        await story.pass_time(minutes=minutes)
        await bob.slash("/incident", "nextcloud 502 again")
        await story.settle()
        assert ("INC-1" in view_words(bob.view)) is offered


@pytest.mark.parametrize(
    ("kind", "check"),
    [("bad_gateway", "status page"), ("login", "private window"), ("slow", "short of memory"), ("feature", "")],
)
async def test_quick_checks_fit_the_kind_of_error(story: Story, kind: str, check: str) -> None:
    """What is worth a try first changes with what is chosen."""
    ana = story.person("ana")
    await ana.slash("/incident")
    assert "Worth a try first" not in view_words(ana.view)
    await ana.fill("error_kind", kind)
    await story.settle()
    shown = view_words(ana.view)
    assert ("Worth a try first" in shown) is bool(check)
    assert check in shown


async def test_a_start_in_the_future_is_refused_at_its_field(story: Story) -> None:
    """The wrong time is said where it stands, and nothing is declared until it is right."""
    ana = story.person("ana")
    await ana.slash("/incident")
    ahead = story.clock.now() + timedelta(hours=2)
    wrong = await ana.submit(GOOD | {"started": int(ahead.timestamp())})
    assert wrong == {"started": "It cannot have started in the future. Look at the date and the time zone."}
    assert await story.incidents.listed("U0VIKTOR") == []
    assert await ana.submit({"started": int(story.clock.now().timestamp())}) is None


async def test_the_room_begins_with_what_was_reported(story: Story) -> None:
    """Whoever opens the room reads who saw what, what they expected, and what to do first; the card is pinned."""
    incident = await story.declare(expected="My files", link="https://nextcloud.example.com/f/1", found_by="by chance")
    room = await story.room()
    welcome = next(words(m) for m in story.workspace.slack.messages(room) if "/incident update" in words(m))
    for part in ("<@U0ANA>", "502 Bad Gateway on every page", "My files", "Take the lead", "by chance"):
        assert part in welcome
    assert story.workspace.slack.channel(room).pins == [(await story.card()).ts]
    assert incident.state is State.TRIAGING
    await story.follow()
    topic = story.workspace.slack.channel(room).topic
    assert "INC-1 · SEV2" in topic
    assert "/issues/1" in topic


async def test_the_form_says_what_becomes_public(story: Story) -> None:
    """Before they send it, reporters read what others will be able to read; the first notice says it again."""
    ana = story.person("ana")
    await ana.slash("/incident", "nextcloud 502")
    assert "readable by others" in view_words(ana.view)
    await ana.submit({"scope": "multiple"})
    await story.settle()
    first = words(ana.dm[0])
    for part in ("Thank you", "SEV2 (major)", "within 30 minutes", "Readable by others"):
        assert part in first


async def test_help_and_list_lead_to_the_form(story: Story) -> None:
    """Every answer that knows nothing of a report offers one."""
    ana = story.person("ana")
    for text in ("list", "help"):
        await ana.slash("/incident", text)
        assert "Report an incident" in buttons(ana.ephemerals[-1])
    await ana.click("declare.open", "alerts")
    assert ana.view is not None
    assert ana.view.callback_id == "declare.form"
