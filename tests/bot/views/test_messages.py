"""Whatever people write, what we show is what Slack takes, calls nobody, and never reads as ours."""

import re
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.incident.model import Event, EventKind, Incident, Place, Places, Resolution, State, Update
from bot.incident.search import Found
from bot.ports import Outcome
from bot.views import alerts, messages, notices, replies
from bot.views.blocks import BLOCKS_PER_MESSAGE, Rendered, safe
from bot.views.card import card, card_buttons
from bot.views.forms.parts import Memory
from bot.views.home import home
from bot.views.ids import Click
from bot.views.list import listed, listed_view
from bot.workspace.slack import validate
from tests.bot.views.samples import ACTORS, NOW, TEXT, UPDATES, an_incident, incidents

#: Slack refuses a message whose blocks hold more text than about this.
WHOLE = 12_000
THOROUGH = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def check(rendered: Rendered) -> None:
    """Slack would take it."""
    assert validate.message(rendered.blocks) == []
    assert 0 < len(rendered.blocks) <= BLOCKS_PER_MESSAGE
    assert 0 < len(rendered.text) <= 3000
    assert validate.text_length(rendered.blocks) <= WHOLE
    said = rendered.text + repr([block for block in rendered.blocks if "mrkdwn" in repr(block)])
    assert "<!channel>" not in said
    assert "<!here>" not in said
    assert "<https://evil" not in said


@THOROUGH
@given(incidents(), st.lists(TEXT, max_size=12))
def test_the_card_is_valid_for_any_incident(incident: Incident, problems: list[str]) -> None:
    """Card, announcement, welcome and topic."""
    check(card(incident, problems))
    check(messages.announcement(incident, problems))
    check(messages.welcome(incident))
    assert 0 < len(messages.topic(incident)) <= 250


@THOROUGH
@given(incidents(), UPDATES, TEXT)
def test_notices_are_valid_for_any_incident(incident: Incident, update: Update, text: str) -> None:
    """Everything the reporter may be told."""
    for rendered in (
        notices.reported_notice(incident),
        notices.queued_notice(incident),
        notices.accepted_notice(incident),
        notices.investigating_notice(incident),
        notices.update_notice(incident, update.text),
        notices.declined_notice(incident, text),
        notices.healthy_notice(incident, text),
        notices.resolved_notice(incident, "U0ANA"),
    ):
        check(rendered)


@given(
    incidents(),
    st.sampled_from(EventKind),
    ACTORS,
    TEXT,
    st.dictionaries(st.sampled_from(("from", "to", "lead")), TEXT),
)
def test_changes_are_valid_lines(incident: Incident, kind: EventKind, by: str, text: str, data: dict[str, str]) -> None:
    """A line for the room about anything that can happen."""
    line = messages.change_line(incident, Event(kind=kind, at=NOW, by=by, text=text, data=data))
    if line is not None:
        check(line)


@THOROUGH
@given(st.lists(incidents(), max_size=6), TEXT)
def test_lists_pickers_and_home_are_valid(found: list[Incident], typed: str) -> None:
    """However many incidents there are, and whatever was typed."""
    page = Found(incidents=tuple(found), newer=bool(found), older=bool(found))
    check(listed(page, typed))
    assert validate.view(listed_view(page, typed)) == []
    check(replies.answer(typed))
    check(replies.draft_reply(typed or "x"))
    check(replies.help_reply([(typed, typed)] * 30, (), nearest=typed))
    assert validate.view(home(page, page)) == []
    assert validate.view(replies.picker("Which?", "Update", Click.UPDATE, found, Memory(draft=typed))) == []
    for incident in found[:1]:
        assert validate.view(replies.shown(incident, Memory())) == []


def test_home_keeps_within_a_hundred_blocks() -> None:
    """However many incidents are open; it says that there are more, and leads to them."""
    many = Found(incidents=(an_incident(),) * 100, newer=True, older=True)
    view = home(many, many)
    assert validate.view(view) == []
    assert "`/incident list lead:me`" in repr(view["blocks"])
    assert [button["text"]["text"] for button in view["blocks"][-1]["elements"]] == ["Newer", "Older"]


@given(TEXT, st.dictionaries(st.sampled_from(("alert", "suggest")), TEXT))
def test_the_suggestion_to_resolve_is_valid(name: str, data: dict[str, str]) -> None:
    """Whatever an alert is called; and nothing is suggested once it is over."""
    event = Event(kind=EventKind.ALERT_STOPPED, at=NOW, by="alertmanager", data={**data, "alert": name})
    shown = alerts.stopped(an_incident(), event)
    assert shown is not None
    check(shown)
    assert alerts.stopped(an_incident(state=State.RESOLVED), event) is None


def test_a_megabyte_of_text_is_cut_and_says_so() -> None:
    """Nothing grows with what people paste, and the cut is not silent."""
    event = Event(kind=EventKind.UPDATED, text="x" * 1_000_000, at=NOW, by="U0ANA")
    shown = messages.update_line(an_incident(), event)
    check(shown)
    assert "cut, the whole text is in the issue" in shown.text


@given(TEXT, st.integers(60, 3000))
def test_user_text_never_parses(text: str, limit: int) -> None:
    """No angle bracket and no lone ampersand is left, and no entity is cut in two."""
    shown = safe(text, limit)
    assert len(shown) <= limit
    assert re.search(r"[<>]", shown) is None
    assert re.search(r"&(?!amp;|lt;|gt;)", shown) is None


BUTTONS = {
    State.QUEUED: ["Accept", "Decline"],
    State.TRIAGING: ["Take the lead", "Post update", "Severity", "Status", "Resolve"],
    State.RESOLVED: ["Reopen"],
    State.CLOSED: ["Reopen"],
    State.DECLINED: ["Reopen"],
    State.MERGED: [],
}


@pytest.mark.parametrize("state", BUTTONS)
def test_the_card_offers_what_makes_sense(state: State) -> None:
    """Buttons by state; each value is the incident's id and nothing else."""
    shown = card(an_incident(state=state), ()).blocks[-1]
    buttons = shown["elements"] if shown["type"] == "actions" else []
    assert [button["text"]["text"] for button in buttons] == BUTTONS[state]
    assert {button["value"] for button in buttons} <= {"incident-12"}


def test_help_about_one_verb_says_only_that() -> None:
    """Its line and the way to the others; no button to report, no links."""
    shown = replies.help_reply([("list", "Show the open incidents.")], ())
    assert [block["type"] for block in shown.blocks] == ["section", "context"]
    check(shown)


def test_what_was_never_told_is_not_missed_once_it_is_over() -> None:
    """*Last update: none yet* is a reminder; after the end it would be a reproach."""
    assert "Last update" in repr(card(an_incident(), ()).blocks)
    assert "Last update" not in repr(card(an_incident(state=State.RESOLVED), ()).blocks)


def test_only_what_owes_no_post_mortem_can_be_closed_at_once() -> None:
    """A button that would always be refused is not shown."""
    minor = an_incident(state=State.RESOLVED, severity="SEV3")
    assert [button["text"]["text"] for button in card_buttons(minor)] == ["Reopen", "Close"]


def test_a_led_incident_offers_to_hand_over() -> None:
    """*Take the lead* is gone once somebody leads."""
    words = repr(card(an_incident(lead="U0BOB"), ()).blocks)
    assert "Hand over the lead" in words
    assert "Take the lead" not in words
    assert "<@U0BOB>" in words


def test_the_card_tells_the_age_of_the_last_update_and_what_is_missing() -> None:
    """Someone at 3 a.m. sees how old the news is, and why there is no issue yet."""
    update = Update(text="Restarting", at=NOW - timedelta(minutes=12), by="U0BOB")
    words = repr(card(an_incident(last_update=update), ["GitHub unreachable, the issue will follow."]).blocks)
    assert "^{ago}|" in words
    assert "GitHub unreachable, the issue will follow." in words
    assert f"<!date^{int(update.at.timestamp())}^{{date_short_pretty}} {{time}}|2026-11-20 14:48 UTC>" in words


def test_test_and_private_incidents_are_marked() -> None:
    """Nobody takes an exercise for the real thing."""
    assert card(an_incident(test=True), ()).text.startswith("[TEST] INC-12")
    assert messages.topic(an_incident(private=True)).startswith("[PRIVATE] ")


def test_the_first_notice_says_by_when_and_what_others_can_read() -> None:
    """The clocks of the severity, in words, and what becomes public."""
    words = repr(notices.reported_notice(an_incident()).blocks)
    assert "at least every 30 minutes" in words
    assert "GitHub issue" in words
    assert "private" in repr(notices.reported_notice(an_incident(private=True)).blocks)


def test_the_notice_of_resolution_asks_whether_it_works() -> None:
    """Works for me, still broken, and what fixed it."""
    fixed = an_incident(state=State.RESOLVED, resolution=Resolution(fix="Restarted", ended=NOW, by="U0BOB"))
    blocks = notices.resolved_notice(fixed, "U0ANA").blocks
    assert "Restarted" in repr(blocks)
    assert [button["action_id"] for button in blocks[-1]["elements"]] == [Click.CONFIRM_WORKS, Click.CONFIRM_BROKEN]


def test_a_queued_report_is_announced_with_both_answers() -> None:
    """Accept and decline stand where responders see them."""
    blocks = messages.announcement(an_incident(state=State.QUEUED)).blocks
    assert [button["action_id"] for button in blocks[-1]["elements"]] == [Click.ACCEPT, Click.DECLINE]


def test_a_refusal_outside_a_form_names_its_fields() -> None:
    """Nothing else would; what is said twice is said once."""
    refused = Outcome(ok=False, text="Say more.", fields={"what": "Say more.", "service": "Which one?"})
    assert replies.outcome_words(refused) == "Say more. Which one?"


def test_answers_name_people_and_call_nobody_else() -> None:
    """A refusal of the rules may name somebody; anything else between angle brackets is shown as it is."""
    said = replies.answer("<@U0BOB> leads INC-12 already. <!channel>").text
    assert said == "<@U0BOB> leads INC-12 already. &lt;!channel&gt;"


def test_links_lead_to_the_issue_and_the_room() -> None:
    """Once they exist."""
    places = Places(room="C0ROOM", issue_number=7, issue_url="https://x.example.com/7", card=Place(channel="C", ts="1"))
    words = repr(card(an_incident(places=places), ()).blocks)
    assert "<https://x.example.com/7|#7>" in words
    assert "<#C0ROOM>" in words


def test_the_card_leads_to_the_published_post_mortem() -> None:
    """It is where people look first; of a private incident nothing is linked."""
    places = Places(document="d.md", document_url="https://git.example.com/d.md")
    assert "Post-mortem: <https://git.example.com/d.md|published>" in repr(card(an_incident(places=places), ()).blocks)
    assert "git.example.com" not in repr(card(an_incident(places=places, private=True), ()).blocks)
