"""The known pitfalls of Slack, of its libraries and of asyncio: where each of them is met. `MET` is the table."""

import ast
from pathlib import Path

import pytest
from slack_bolt.async_app import AsyncAck, AsyncBoltRequest

from bot.workspace.slack import limits
from tests.architecture.source import ROOT, SHIPPED, dotted, modules, name, tree
from tests.handlers.slack.ear import never, slash, world
from tests.scenarios.story import Story, words

sockets = pytest.mark.sockets
HERE = "scenarios/test_pitfalls.py"
#: The pitfall, and the tests that meet it: file under `tests/`, and name.
MET: dict[str, list[tuple[str, str]]] = {
    "a form with the word payload is taken for a click": [
        ("handlers/test_receive.py", "test_the_word_payload_in_a_text_is_a_word")
    ],
    "an exception right after the ack takes it back": [
        (HERE, "test_nothing_follows_the_ack"),
        ("handlers/slack/test_commands.py", "test_a_fault_is_answered_with_an_id"),
    ],
    "errors of lazy listeners vanish": [(HERE, "test_no_listener_is_lazy")],
    "after three seconds the next listener runs too": [
        (HERE, "test_one_listener_hears_each_kind"),
        ("handlers/slack/test_commands.py", "test_a_slow_database_is_said_in_time"),
    ],
    "what matches no listener is never acked": [
        ("handlers/test_any_request.py", "test_ids_that_nobody_knows_are_answered"),
        ("handlers/test_any_request.py", "test_commands_and_events_that_nobody_knows_are_answered"),
    ],
    "tasks without a reference disappear": [(HERE, "test_no_task_is_let_go")],
    "sockets fall silent and nobody notices": [
        ("handlers/test_sockets.py", "test_a_silent_connection_is_noticed_and_rebuilt"),
        ("handlers/test_sockets.py", "test_a_line_that_cannot_be_had_is_no_end"),
        ("scenarios/test_health.py", "test_with_dead_sockets"),
    ],
    "events come twice, or to somebody else": [
        ("scenarios/test_hostile.py", "test_an_event_that_comes_again_is_answered_once"),
        ("scenarios/test_hostile.py", "test_a_command_that_comes_twice_has_one_effect"),
        ("scenarios/test_spoken.py", "test_a_mention_is_answered_once_wherever_it_arrives"),
    ],
    "a view is opened after a slow query, or twice": [
        (HERE, "test_a_form_opens_before_anything_is_read"),
        ("handlers/slack/test_commands.py", "test_the_same_command_twice_opens_one_form"),
    ],
    "an edit without blocks changes nothing that is seen": [(HERE, "test_an_edit_changes_text_and_blocks")],
    "words of people call everybody": [
        ("scenarios/test_hostile.py", "test_text_that_hurts_becomes_an_incident_like_any_other"),
        ("bot/views/test_messages.py", "test_user_text_never_parses"),
    ],
    "too many requests, and names that are taken because it worked": [
        ("scenarios/test_faults.py", "test_slack_asks_to_wait_and_is_not_asked_before"),
        ("scenarios/test_faults.py", "test_one_bad_answer_of_slacks_leaves_everything_there_once"),
    ],
    "lists come in pages": [("bot/adapters/test_slack.py", "test_everybody_is_read_in_a_large_workspace")],
    "who we are is asked again and again; bots talk to bots": [
        (HERE, "test_who_we_are_is_asked_once"),
        ("handlers/slack/test_events.py", "test_channel_talk_bots_and_edits_are_left_alone"),
    ],
    "more options, longer values or metadata than fit": [
        ("bot/views/test_declare_form.py", "test_any_number_of_services_fits"),
        ("bot/views/test_forms.py", "test_a_forms_memory_fits_and_is_read_back"),
    ],
    "errors at a block that is no input": [
        ("handlers/slack/test_clicks.py", "test_a_refusal_keeps_the_form_and_its_words")
    ],
    "links come wrapped, quotes curled": [("bot/incident/test_verbs.py", "test_lines")],
    "limits change without notice": [(HERE, "test_slacks_numbers_stand_in_one_place_with_their_date")],
}


def test_the_table_is_true() -> None:
    """All eighteen are met, by tests that are there."""
    assert len(MET) == 18
    for pitfall, tests in MET.items():
        for file, test in tests:
            found = {node.name for node in ast.walk(tree(ROOT / "tests" / file)) if hasattr(node, "name")}
            assert test in found, f"{pitfall}: {file} has no {test}"


def calls(*packages: str) -> list[tuple[Path, ast.Call]]:
    """Every call in these packages."""
    return [(path, node) for path in modules(*packages) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]


def test_nothing_follows_the_ack() -> None:
    """An exception right after the ack takes it back: in a listener the ack is the last thing that happens."""
    (listen,) = [
        node
        for node in ast.walk(tree(ROOT / "handlers/slack/__init__.py"))
        if isinstance(node, ast.AsyncFunctionDef) and node.name == "listen"
    ]
    assert ast.unparse(listen.body[-1]).startswith("await ack(")
    acks = [name(path) for path, call in calls("handlers", "bot") if dotted(call.func) == "ack"]
    assert set(acks) <= {"handlers/slack/__init__.py", *(found for found in acks if "workspace" in found)}


def test_no_listener_is_lazy() -> None:
    """Errors of lazy listeners vanish: there is none."""
    assert [name(path) for path, call in calls("handlers") for word in call.keywords if word.arg == "lazy"] == []


@sockets
async def test_one_listener_hears_each_kind() -> None:
    """After three seconds the next matching listener runs too: there is no next one."""
    heard: list[str] = []

    async def late(ack: AsyncAck) -> None:
        heard.append("late")
        await ack()

    async with world(patience=0.05) as here:
        here.known.trouble = never
        here.app.command("/incident")(late)
        answer = await here.hear(slash("list"))
        assert "took too long" in answer["text"]
        assert heard == []


def test_no_task_is_let_go() -> None:
    """Tasks without a reference disappear: whoever begins one holds it."""
    begun = {"create_task", "ensure_future"}
    found = [
        f"{name(path)}:{node.lineno}"
        for path in modules(*SHIPPED)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and dotted(node.value.func).rpartition(".")[2] in begun
    ]
    assert found == []


@sockets
async def test_a_form_opens_before_anything_is_read() -> None:
    """A view is opened after a slow query: ours opens while the database does not answer at all."""
    async with world() as here:
        here.known.trouble = never
        for number, text in enumerate(("", "nextcloud is down", "update", "resolve", "severity")):
            await here.app.async_dispatch(request(slash(text, trigger=f"slow{number}")))
        assert len(here.api.named("views.open")) == 5
        await here.deps.tasks.drain(0)


def request(body: dict[str, object]) -> AsyncBoltRequest:
    """As a receiver hands it on."""
    return AsyncBoltRequest(body=body, mode="socket_mode")


async def test_an_edit_changes_text_and_blocks(story: Story) -> None:
    """An edit without blocks changes nothing that is seen: both say the new state."""
    await story.declare()
    await story.pass_time(minutes=1)
    answer = await story.person("ana").slash("/incident", "status monitoring", channel=await story.room())
    assert answer.error == ""
    await story.pass_time(minutes=1)
    card = await story.card()
    assert "Monitoring" in card.text
    assert "Monitoring" in words(card).replace(card.text, "")


async def test_who_we_are_is_asked_once(story: Story) -> None:
    """Who we are is asked again and again: once at the start, however many requests come at the same time."""
    for _ in range(3):
        await story.person("ana").slash("/incident", "help")
        await story.person("bob").open_home()
    assert story.workspace.slack.api.calls.count("auth.test") == 1


def test_slacks_numbers_stand_in_one_place_with_their_date() -> None:
    """Limits change without notice: they are collected in one file that says when."""
    assert limits.DATE == "2026-11-21"
    assert limits.OPTIONS == 100
