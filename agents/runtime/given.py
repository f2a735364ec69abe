"""What an agent is given to begin with: our own words, and what others wrote, in envelopes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agents.runtime.envelope import wrap
from agents.runtime.llm import Block
from bot.redact import Redactor


@dataclass(frozen=True)
class Given:
    """Untrusted data: where it comes from, its id there (a piece of evidence's, or empty), and the JSON or text."""

    source: str
    id: str
    content: Any  # JSON of any shape, or text


def opening(task: str, given: Sequence[Given], nonce: str, redactor: Redactor) -> list[Block]:
    """The first message. `task` is our own text; secrets are out of all of it."""
    wrapped = (wrap(each.source, each.id, redactor.deep(each.content), nonce) for each in given)
    return [text_block(redactor.text(task)), *map(text_block, wrapped)]


def text_block(text: str) -> Block:
    """A text as a block. What is no character is replaced, since nothing could send it."""
    return {"type": "text", "text": text.encode("utf-8", "replace").decode()}


def clean(text: str, most: int) -> str:
    """`text` on one line, and no longer than this."""
    line = " ".join(text[: most * 4].encode("utf-8", "replace").decode().split())
    line = "".join(char for char in line if char.isprintable())
    return line if len(line) <= most else f"{line[: most - 1]}…"
