"""An answer read event by event is whole only if all of it came, and hostile events make none."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.runtime.incoming import MOST, Garbled, Incoming
from agents.runtime.llm import Block, Reply

TEXT = st.text(max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT, lambda inner: st.lists(inner, max_size=3), max_leaves=5
)
BLOCK = st.one_of(
    st.builds(lambda text: {"type": "text", "text": text}, TEXT),
    st.builds(lambda text: {"type": "thinking", "thinking": text, "signature": "c2ln"}, TEXT),
    st.builds(
        lambda name, input: {"type": "tool_use", "id": "t1", "name": name, "input": input},
        TEXT,
        st.dictionaries(TEXT, JSON, max_size=3),
    ),
)
USAGE = {"input_tokens": 12, "output_tokens": 1, "cache_read_input_tokens": 5}
PARTS = {"text": ("text", "text_delta"), "thinking": ("thinking", "thinking_delta")}


def _pieces(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def _events(blocks: list[Block], size: int) -> list[Block]:
    """The events of an answer, in pieces of so many characters."""
    events: list[Block] = [{"type": "message_start", "message": {"usage": USAGE}}]
    for index, block in enumerate(blocks):
        if block["type"] == "tool_use":
            start, parts = block | {"input": {}}, _pieces(json.dumps(block["input"]), size)
            deltas = [{"type": "input_json_delta", "partial_json": part} for part in parts]
        else:
            field, kind = PARTS[block["type"]]
            start, parts = block | {field: ""}, _pieces(block[field], size)
            deltas = [{"type": kind, field: part} for part in parts]
        events.append({"type": "content_block_start", "index": index, "content_block": start})
        events += [{"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas]
        events.append({"type": "content_block_stop", "index": index})
    return [
        *events,
        {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 77}},
        {"type": "message_stop"},
    ]


def _taken(events: list[Block]) -> Incoming:
    incoming = Incoming()
    for event in events:
        incoming.take(event)
    return incoming


@given(st.lists(BLOCK, max_size=4), st.integers(1, 30))
def test_whatever_its_pieces_an_answer_is_put_together_as_it_was(blocks: list[Block], size: int) -> None:
    """Blocks come out as they went in, and later counts take the place of earlier ones."""
    reply = _taken(_events(blocks, size)).reply()
    assert reply == Reply(tuple(blocks), "tool_use", USAGE | {"output_tokens": 77})


@given(st.lists(BLOCK, max_size=3), st.integers(1, 30), st.data())
def test_no_part_of_an_answer_is_an_answer(blocks: list[Block], size: int, data: st.DataObject) -> None:
    """Wherever it ends too early, it is not whole, holds nothing that could run, and tells what was used so far."""
    events = _events(blocks, size)
    until = data.draw(st.integers(0, len(events) - 1))
    incoming = _taken(events[:until])
    reply = incoming.reply()
    assert (reply.complete, reply.blocks) == (False, ())
    assert incoming.begun == (until > 0)


@given(
    st.lists(st.dictionaries(st.sampled_from(["type", "index", "delta", "content_block", "usage", "message"]), JSON))
)
def test_any_events_are_taken_or_refused(events: list[Block]) -> None:
    """Nothing that comes over the line raises anything else."""
    incoming = Incoming()
    try:
        for event in events:
            incoming.take(event)
        incoming.reply()
    except Garbled:
        return


@given(st.lists(BLOCK, min_size=1, max_size=3), st.data())
def test_an_answer_with_one_odd_event_is_refused_or_whole(blocks: list[Block], data: st.DataObject) -> None:
    """An event twice, or left out, never makes a block that nobody sent."""
    events = _events(blocks, 5)
    at = data.draw(st.integers(0, len(events) - 1))
    odd = events[:at] + events[at + 1 :] if data.draw(st.booleans()) else [*events[: at + 1], *events[at:]]
    try:
        reply = _taken(odd).reply()
    except Garbled:
        return
    kinds = [(block["type"], block.get("name")) for block in reply.blocks]
    assert not reply.complete or kinds == [(block["type"], block.get("name")) for block in blocks]


@pytest.mark.parametrize("text", ['{"kind": "po', "[", '{"a": NaN', "}{"])
def test_a_call_whose_input_broke_off_is_none(text: str) -> None:
    """Also where everything around it says that it is whole."""
    block: dict[str, Any] = {"type": "tool_use", "id": "t1", "name": "pods", "input": {}}
    events = _events([block], 5)
    events[2] = {"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": text}}
    with pytest.raises(Garbled):
        _taken(events).reply()


def test_an_answer_without_end_is_not_taken_in() -> None:
    """Past a length that nobody asked for it is given up."""
    incoming = _taken(_events([{"type": "text", "text": "x"}], 5)[:2])
    delta = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "x" * 100_000}}
    for _ in range(MOST // 100_000):
        incoming.take(delta)
    with pytest.raises(Garbled, match="too long"):
        incoming.take(delta)
