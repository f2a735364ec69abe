"""What agents propose is typed, rests on evidence of this run, and does nothing."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from agents.runtime.tool import Capability, Status
from agents.tools.propose import ACTION_ITEM, CHANGE, FIX, STATUS_UPDATE, ProposeActionItem, propose_tools
from bot.errors import Refused
from bot.postmortem.model import Kind, Priority
from tests.agents.runtime.kit import Shelf
from tests.agents.tools.calls import call
from tests.agents.tools.test_evidence import shelf

CHANGED = '-  memory = "64Mi"\n+  memory = "2Gi"'
ITEM = {
    "type": "Config",
    "priority": "P1",
    "action": "Raise the memory limit of nextcloud",
    "file": "stacks/nextcloud/main.tf",
    "change": f"{CHANGED}\n",
    "pieces": ["E-1", "E-2", "E-1"],
}


async def test_each_proposal_is_its_own_body_and_kind() -> None:
    """The loop writes them down; none is evidence of anything."""
    tools = propose_tools(shelf())
    item = await call(tools, "propose_action_item", **ITEM)
    assert (item.status, item.query) == (Status.OK, ACTION_ITEM)
    assert item.content == {**ITEM, "pieces": ["E-1", "E-2"], "change": CHANGED}
    fix = await call(tools, "propose_fix", what="Restart nextcloud", why="Its memory leaks", pieces=["E-1"])
    assert (fix.query, fix.content["what"]) == (FIX, "Restart nextcloud")
    told = await call(tools, "propose_status_update", text="We know the cause and mend it.", pieces=["E-1"])
    assert told.query == STATUS_UPDATE
    assert {tool.capability for tool in tools} == {Capability.PROPOSE}


@pytest.mark.parametrize("pieces", [["E-99"], ["E-1", "E-99"], ["made up"], ["E-0"]])
async def test_what_rests_on_nothing_is_refused(pieces: list[str]) -> None:
    """With a sentence that says what to do instead."""
    with pytest.raises(Refused, match="There is no evidence"):
        await call(propose_tools(shelf()), "propose_action_item", **{**ITEM, "pieces": pieces})


@pytest.mark.parametrize("pieces", [[], None, "E-1"])
async def test_what_cites_nothing_is_no_proposal(pieces: object) -> None:
    """Nor is one without a list."""
    with pytest.raises(ValidationError):
        await call(propose_tools(shelf()), "propose_fix", what="Restart it", why="It helps", pieces=pieces)


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "config change"},
        {"type": "Delete"},
        {"priority": "P9"},
        {"action": "   "},
        {"action": "x" * 400},
        {"change": "x" * (CHANGE + 1)},
        {"run": "kubectl delete ns nextcloud"},
        {"pieces": ["E-1"] * 50},
    ],
)
async def test_what_is_none_of_the_form_is_refused(wrong: dict[str, Any]) -> None:
    """No type of its own, no further field, nothing without end."""
    with pytest.raises(ValidationError):
        await call(propose_tools(shelf()), "propose_action_item", **(ITEM | wrong))


@pytest.mark.parametrize("file", ["../vault/main.tf", "/etc/passwd", "a/.git/config", "-x", ":(top)x"])
async def test_a_file_outside_of_the_repository_is_refused(file: str) -> None:
    """Whatever is drafted for it."""
    for name, body in (("propose_action_item", ITEM), ("propose_fix", {"what": "Mend it", "why": "It is so", **CITED})):
        with pytest.raises(ValidationError):
            await call(propose_tools(shelf()), name, **{**body, "file": file})


CITED = {"pieces": ["E-1"]}


@given(st.text(), st.sampled_from(list(Kind)))
def test_whatever_is_drafted_is_kept_without_what_nobody_sees(text: str, kind: Kind) -> None:
    """No control, no mark that turns the reading order, no half of a letter."""
    try:
        item = ProposeActionItem(type=kind, priority=Priority.P2, action=f"Do {text}", change=text, pieces=("E-1",))
    except ValidationError:
        return
    for said in (item.action, item.change):
        assert "\0" not in said
        assert "\u202e" not in said
        said.encode()
    assert "\n" not in item.action


def test_the_three_kinds_are_all_there_is() -> None:
    """None applies, sends or runs anything."""
    assert [tool.name for tool in propose_tools(Shelf())] == [
        "propose_fix",
        "propose_action_item",
        "propose_status_update",
    ]
