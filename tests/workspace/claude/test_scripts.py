"""Who is answered with what: scripts, canned answers, and a model that was talked into everything."""

import json
from typing import Any

import anthropic
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, TypeAdapter

from bot.workspace.claude import Reply, hostile
from bot.workspace.claude.canned import FACE
from bot.workspace.claude.filling import Mouth, filled
from bot.workspace.claude.model import Asked
from bot.workspace.claude.tokens import Cache, tokens
from tests.workspace.claude.conftest import TOOL, Line

SHOWN = "\n".join(
    (
        "<untrusted abc>",
        json.dumps({"source": "Kubernetes", "trust": "untrusted", "id": "E-7", "content": {"title": "web-0 restarts"}}),
        "</untrusted abc>",
        json.dumps(
            {"content": {"service": "nextcloud", "namespace": "cloud", "pieces": [{"id": "E-9", "text": "full"}]}}
        ),
    )
)


class Claim(BaseModel):
    """Part of an answer."""

    sentence: str
    pieces: list[str]


class Said(BaseModel):
    """An answer with a bit of everything."""

    verdict: str
    known: bool
    confidence: float
    category: str = Field(json_schema_extra={"enum": ["data", "deployment"]})
    findings: list[Claim]
    commands: list[Claim]
    best: Claim | None


FORM = {"output_config": {"format": {"type": "json_schema", "schema": anthropic.transform_schema(Said)}}}


def asked(**body: Any) -> Asked:
    """A request as the stand-in keeps it."""
    return Asked(1, {}, "", {"messages": [{"role": "user", "content": SHOWN}], **body})


@pytest.mark.sockets
async def test_requests_are_told_apart(line: Line) -> None:
    """By the system text, by what was said last, by the tool that is offered, by whether one is; each answer once."""
    line.claude.otherwise(lambda asked: None)
    line.claude.script(Reply(text="for triage"), system="triage")
    line.claude.script(Reply(text="about the node"), last="k3s-2")
    line.claude.script(Reply(text="with tools"), Reply(text="again"), tool="k8s_list")
    line.claude.script(lambda asked: Reply(text=f"number {asked.number}"), said="anything", tools=False)
    ways: tuple[dict[str, Any], ...] = (
        {"tools": [TOOL], "messages": [{"role": "user", "content": "what of k3s-2?"}]},
        {"tools": [TOOL], "messages": [{"role": "user", "content": "what of k3s-2?"}]},
        {"system": "You triage.", "tools": [TOOL]},
        {"tools": [TOOL]},
        {"messages": [{"role": "user", "content": "anything"}]},
    )
    texts = [(await line.stream(**way)).content[0].text for way in ways]  # type: ignore[union-attr]
    assert texts == ["about the node", "with tools", "for triage", "again", "number 5"]
    with pytest.raises(anthropic.BadRequestError, match="nothing is scripted"):
        await line.stream()
    assert len(line.claude.of(system="triage")) == 1


@pytest.mark.sockets
async def test_a_canned_answer_looks_first_and_says_what_it_is(line: Line) -> None:
    """It asks about the namespace it was told of, then fills the form with the evidence it was shown."""
    first = await line.stream(messages=[{"role": "user", "content": SHOWN}], tools=[TOOL], **FORM)
    call = first.content[-1]
    assert call.type == "tool_use"
    assert call.input == {"namespace": "cloud"}
    turns = [
        {"role": "user", "content": SHOWN},
        {"role": "assistant", "content": [block.to_dict() for block in first.content]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call.id, "content": "three pods"}]},
    ]
    last = await line.stream(messages=turns, tools=[TOOL], **FORM)
    said = Said.model_validate_json(last.content[0].text)  # type: ignore[union-attr]
    assert said.verdict.startswith(FACE)
    assert "web-0 restarts" in said.verdict
    assert said.findings[0].pieces == ["E-7", "E-9"]
    assert said.known
    assert said.commands == []


def test_a_script_is_either_answers_or_a_function() -> None:
    """Both at once would have no order."""
    from bot.workspace.claude import Claude

    with pytest.raises(ValueError, match="one function"):
        Claude().script(Reply(), lambda asked: None)


def test_a_hostile_model_asks_whatever_it_likes() -> None:
    """Unknown tools, wrong arguments, the same again, much, and at length; without tools it claims to be done."""
    may = asked(tools=[TOOL])
    reply = {name: getattr(hostile, name)()(may) for name in dir(hostile) if name.startswith("asks_")}
    assert reply["asks_unknown_tool"].tool_calls[0].name not in may.tools
    assert reply["asks_again"] == hostile.asks_again()(may)
    assert len({call.json for call in reply["asks_much"].tool_calls}) == 200
    assert len(reply["asks_at_length"].tool_calls[0].json) > 5_000_000
    assert "namespace" not in reply["asks_wrongly"].tool_calls[0].arguments
    over = hostile.asks_again()(asked(tools=[TOOL], tool_choice={"type": "none"}))
    assert isinstance(over, Reply)
    assert not over.tool_calls


def test_a_hostile_model_claims_what_nobody_saw() -> None:
    """In the form that is wanted: sure of itself, citing nothing or what is not there, shouting at everybody."""
    wanted = asked(**FORM)
    nothing = Said.model_validate_json(hostile.claims()(wanted).text)
    assert (nothing.findings[0].pieces, nothing.confidence) == ([], 1.0)
    nowhere = Said.model_validate_json(hostile.claims(hostile.NOWHERE)(wanted).text)
    assert nowhere.findings[0].pieces == list(hostile.NOWHERE)
    assert "<!channel>" in Said.model_validate_json(hostile.shouts()(wanted).text).findings[0].sentence


@given(st.text(max_size=50), st.lists(st.from_regex(r"E-[1-9]", fullmatch=True), max_size=3), st.integers(0, 3))
def test_any_form_is_filled_so_that_it_is_right(text: str, ids: list[str], items: int) -> None:
    """Whatever is said, the schema's own reader takes it."""
    value = filled(anthropic.transform_schema(Said), Mouth(lambda name: text, tuple(ids), 0.5, items))
    TypeAdapter(Said).validate_python(value)


@given(st.lists(st.tuples(st.text(min_size=1, max_size=40), st.booleans()), min_size=1, max_size=8))
def test_every_token_of_a_prompt_is_billed_once(blocks: list[tuple[str, bool]]) -> None:
    """Wherever the marks are: what is new, written and read is the whole prompt, the first time and the second."""
    mark = {"cache_control": {"type": "ephemeral"}}
    content = [{"type": "text", "text": text, **(mark if marked else {})} for text, marked in blocks]
    body = {"model": "m", "messages": [{"role": "user", "content": content}]}
    cache = Cache()
    kinds = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    first, second = ([bill[kind] for kind in kinds] for bill in (cache.bill(body), cache.bill(body)))
    assert sum(first) == sum(second)
    assert min(*first, *second) >= 0
    assert second[1] == 0
    assert tokens("") == 1
