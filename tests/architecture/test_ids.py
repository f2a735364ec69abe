"""Every id that we send has a handler, every handler has an id, and Slack's manifest knows of both."""

import ast
import re

from bot import manifest
from bot.views.ids import Click, Form
from handlers.slack.routes import ACTIONS, COMMANDS, EVENTS, SHORTCUTS, VIEWS
from tests.architecture.source import dotted, modules, name, tree

#: Forms without a *Submit*: one only says something, the other is made of buttons.
NOTHING_TO_SUBMIT = {Form.MESSAGE, Form.PICK}


def test_every_click_has_a_handler() -> None:
    """What can be clicked does something, and nothing handles what cannot be clicked."""
    assert set(ACTIONS) == set(Click)


def test_every_form_has_a_handler() -> None:
    """What can be submitted is heard."""
    assert set(VIEWS) == set(Form) - NOTHING_TO_SUBMIT


def test_the_manifest_asks_for_what_is_heard() -> None:
    """Commands, events and shortcuts are those that have a handler."""
    features = manifest.manifest()["features"]
    assert {command["command"] for command in features["slash_commands"]} == set(COMMANDS)
    assert {shortcut["callback_id"] for shortcut in features.get("shortcuts", [])} == set(SHORTCUTS)
    assert {event.split(".")[0] for event in manifest.EVENTS} == set(EVENTS)


def test_ids_are_written_in_one_place() -> None:
    """No view spells an id itself."""
    found = [
        f"{name(path)}:{value.lineno}"
        for path in modules("bot/views")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant)
        and key.value in {"action_id", "callback_id"}
        and isinstance(value, ast.Constant | ast.JoinedStr)
    ]
    assert found == []


#: The permissions each method of Slack's Web API wants; those without any are left out.
METHODS = {
    "chat.delete": {"chat:write"},
    "chat.postMessage": {"chat:write", "chat:write.public"},
    "chat.postEphemeral": {"chat:write"},
    "chat.update": {"chat:write"},
    "conversations.create": {"channels:manage", "groups:write"},
    "conversations.history": {"channels:history", "groups:history", "metadata.message:read"},
    "conversations.info": {"channels:read", "groups:read"},
    "conversations.invite": {"channels:manage", "groups:write"},
    "conversations.join": {"channels:join"},
    "conversations.list": {"channels:read", "groups:read"},
    "conversations.open": {"im:write"},
    "conversations.replies": {"channels:history", "groups:history", "metadata.message:read"},
    "conversations.setTopic": {"channels:manage", "groups:write"},
    "pins.add": {"pins:write"},
    "users.list": {"users:read"},
}
FREE = {"auth.test", "chat.getPermalink", "views.open", "views.push", "views.update", "views.publish"}
#: A permission that no method of ours wants: commands, and what a form's input brings along.
BESIDE = {"commands", "files:read"}


def test_permissions_are_those_that_are_used() -> None:
    """Every method we call has its permissions asked for, and none is asked for that nothing uses."""
    called = _named("bot/adapters/slack") | _through_the_client("handlers/slack")
    assert called == set(METHODS) | FREE
    wanted = set().union(*METHODS.values()) | BESIDE | {s for needed in manifest.EVENTS.values() for s in needed}
    assert wanted == set(manifest.SCOPES)


def _named(folder: str) -> set[str]:
    """Methods that are called by their name."""
    texts = (
        node.value
        for path in modules(folder)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    return {text for text in texts if re.fullmatch(r"[a-z]+\.[a-zA-Z]+", text)}


def _through_the_client(folder: str) -> set[str]:
    """Methods that are called as Slack's own client names them: `views_open`."""
    calls = (node for path in modules(folder) for node in ast.walk(tree(path)) if isinstance(node, ast.Call))
    found = (dotted(call.func) for call in calls)
    client = "self.client."
    return {name.removeprefix(client).replace("_", ".", 1) for name in found if name.startswith(client)}
