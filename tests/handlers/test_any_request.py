"""Whatever comes through the HTTP door is answered: ids that nobody knows, what comes again, and any bytes at all."""

import asyncio
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.views.ids import Field
from handlers.slack.routes import VIEWS
from tests.bot.views.samples import an_incident
from tests.handlers.slack.ear import Body, click, event, slash, submission
from tests.handlers.wire import FORM, JSON, SECRET, wire

pytestmark = pytest.mark.sockets

UNKNOWN: list[tuple[str, Body]] = [
    ("action", click("nobody.knows", trigger="u1")),
    ("action without an id", click("", trigger="u2")),
    ("action with a very long id", click("x" * 10_000, trigger="u3")),
    ("link", click("nobody.knows", url="https://example.com")),
    ("view", submission({"id": "V1", "type": "modal", "callback_id": "nobody.knows", "state": {"values": {}}})),
    ("view without anything", submission({})),
    ("view closed", {"type": "view_closed", "user": {"id": "U0ANA"}, "view": {"callback_id": "nobody.knows"}}),
    ("shortcut", {"type": "shortcut", "callback_id": "nobody.knows", "user": {"id": "U0ANA"}, "trigger_id": "u4"}),
    ("message shortcut", {"type": "message_action", "callback_id": "nobody", "user": {"id": "U0ANA"}}),
    ("options", {"type": "block_suggestion", "action_id": "nobody.knows", "value": "x", "user": {"id": "U0ANA"}}),
    ("old dialog", {"type": "dialog_submission", "callback_id": "nobody.knows", "user": {"id": "U0ANA"}}),
    ("old attachment", {"type": "interactive_message", "callback_id": "x", "actions": [{"name": "a"}]}),
    ("a kind of its own", {"type": "nobody_knows_this"}),
    ("no kind at all", {}),
]


@pytest.mark.parametrize(("name", "payload"), UNKNOWN, ids=[name for name, _ in UNKNOWN])
async def test_ids_that_nobody_knows_are_answered(name: str, payload: Body) -> None:
    """Slack gets its 200 for everything it may send, so that it never tries again what cannot be."""
    async with wire() as here:
        assert (await here.interaction(payload)).status == 200
        await here.settle()
        await here.still_serves()


async def test_commands_and_events_that_nobody_knows_are_answered() -> None:
    """A command is told so; an event is heard and forgotten, also one that is none."""
    async with wire() as here:
        assert "do not know" in (await here.command(slash("", command="/other"))).text
        assert (await here.event(event({"type": "nobody_knows"}))).status == 200
        assert (await here.event(event({}))).status == 200
        assert (await here.event({"type": "event_callback"})).status == 200
        assert (await here.event({"type": "event_callback", "event": "none"})).status == 200
        assert (await here.event({"type": "app_rate_limited", "minute_rate_limited": 1})).status == 200
        await here.still_serves()


async def test_an_event_that_is_delivered_again_has_one_id() -> None:
    """Slack tries an event up to three times more, and says so in two headers."""
    said = {"type": "app_mention", "user": "U0ANA", "ts": "1.5", "text": "<@U0BOT> help", "channel": "C0ALERTS"}
    async with wire() as here:
        for attempt in range(4):
            assert (await here.event(event(said), attempt)).status == 200
        await here.settle()
        assert {id for _, id, _ in here.here.start.submitted} == {"said:C0ALERTS:1.5"}


LETTERS = st.text(st.characters() | st.sampled_from("\x00\u202e\ud800\udfff😀&<>@#\n"), max_size=80)
SIGNED = st.fixed_dictionaries(
    {},
    optional={
        "command": st.sampled_from(["/incident", "/postmortem", "/x"]),
        "text": LETTERS,
        "payload": LETTERS,
        "trigger_id": LETTERS,
        "user_id": LETTERS,
        "channel_id": LETTERS,
    },
)
BODIES = st.tuples(st.binary(max_size=300), st.sampled_from([JSON, FORM, "text/plain"])) | st.tuples(
    SIGNED.map(lambda fields: urlencode({k: v.encode(errors="surrogatepass") for k, v in fields.items()}).encode()),
    st.just(FORM),
)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | LETTERS, lambda x: st.lists(x, max_size=3) | st.dictionaries(LETTERS, x)
)
#: What an input may hold, in every shape that Slack knows, and in some that it does not.
HELD = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["plain_text_input", "static_select", "checkboxes", "datetimepicker", "users_select"]),
        "value": LETTERS | JSON_VALUES,
        "selected_option": st.fixed_dictionaries({"value": LETTERS}) | JSON_VALUES,
        "selected_options": st.lists(st.fixed_dictionaries({"value": LETTERS}), max_size=3),
        "selected_date_time": st.integers() | JSON_VALUES,
        "selected_user": LETTERS,
        "files": st.lists(st.fixed_dictionaries({"id": LETTERS}), max_size=2),
    },
)
STATES = st.dictionaries(
    st.sampled_from(list(Field)), st.dictionaries(LETTERS, HELD, max_size=2) | JSON_VALUES, max_size=6
)


MEMORIES = ["", "{}", '{"incident": "incident-12"}']


def fuzz_forms(examples: int) -> None:
    """Send every form, with anything in it, through one open door: each is stored, or refused where people see it."""
    with asyncio.Runner() as runner:
        opened = wire([an_incident()])
        here = runner.run(opened.__aenter__())

        @given(
            st.sampled_from(list(VIEWS)), STATES, st.sampled_from(["", "{}", '{"incident": "incident-12"}']) | LETTERS
        )
        @settings(max_examples=examples, deadline=None, database=None)
        def each(form: str, state: Body, memory: str) -> None:
            view = {"id": "V1", "type": "modal", "callback_id": form, "private_metadata": memory}
            answer = runner.run(here.interaction(submission(view | {"state": {"values": state}})))
            assert answer.status == 200
            assert "Something went wrong" not in answer.text

        each()
        runner.run(here.still_serves())
        runner.run(opened.__aexit__(None, None, None))


def fuzz(examples: int) -> None:
    """Send this many requests of any shape through one open door; none is a fault of ours, all have an answer."""
    with asyncio.Runner() as runner:
        opened = wire()
        here = runner.run(opened.__aenter__())

        @given(BODIES, st.booleans())
        @settings(max_examples=examples, deadline=None, database=None)
        def each(request: tuple[bytes, str], is_signed: bool) -> None:
            body, kind = request
            answer = runner.run(here.post(body, kind, secret=SECRET if is_signed else "another"))
            assert answer.status in ({200, 400} if is_signed else {401})

        each()
        runner.run(here.still_serves())
        runner.run(opened.__aexit__(None, None, None))


def test_any_request_is_answered() -> None:
    """Raw bytes and forms, signed and unsigned, over the wire."""
    fuzz(60)


@pytest.mark.proof
@pytest.mark.timeout(1200)
def test_any_request_is_answered_at_length() -> None:
    """The same, for as long as patience lasts."""
    fuzz(4000)


def test_any_state_of_any_form_is_answered() -> None:
    """Empty, half, of the wrong type, or of another form altogether."""
    fuzz_forms(100)


@pytest.mark.proof
@pytest.mark.timeout(1200)
def test_any_state_of_any_form_is_answered_at_length() -> None:
    """The same, for as long as patience lasts."""
    fuzz_forms(4000)
