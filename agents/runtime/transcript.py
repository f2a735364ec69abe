"""What was said between an agent and its model: kept row by row, and all there is to know of where the work stands."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from agents.runtime.ends import Taken
from agents.runtime.llm import Block
from bot.budget.prices import Usage, prompt_bound, read_usage
from bot.storage import transcripts
from bot.storage.transcripts import ANSWER, ASKED, MODEL, OURS, Draft, Turn

#: Answers that count: whole, and said to be so. What was cut off or refused is kept, and never said again.
_WHOLE = frozenset({"end_turn", "stop_sequence", "tool_use", "pause_turn"})
#: What our own rows are about.
TASK, RESULTS, CUT, LAST = "task", "results", "cut", "last"


class Transcript:
    """The rows of one agent in one run. Everything that the loop knows of its work is read from them."""

    def __init__(self, run_id: str, agent: str, rows: Sequence[Turn]) -> None:
        self.run_id = run_id
        self.agent = agent
        self.rows = list(rows)

    async def write(self, connection: AsyncConnection, at: datetime, *drafts: Draft) -> list[Turn]:
        """Write rows in the transaction of what they tell; `keep` them once it is committed. Raises Taken."""
        new: list[Turn] = []
        try:
            for draft in drafts:
                last = new[-1] if new else self._end
                new.append(await transcripts.append(connection, self.run_id, self.agent, last, draft, at))
        except IntegrityError as error:
            raise Taken("Another process works on this investigation.") from error
        return new

    def keep(self, rows: Sequence[Turn]) -> None:
        """These rows are committed."""
        self.rows.extend(rows)

    @property
    def _end(self) -> Turn | None:
        return self.rows[-1] if self.rows else None

    @property
    def next_number(self) -> int:
        """Of the row to come."""
        return len(self.rows) + 1

    @property
    def answer(self) -> Block | None:
        """What the work came to, if it is done."""
        return next((row.blocks[0] for row in self.rows if row.role == ANSWER), None)

    @property
    def lost_call(self) -> str | None:
        """The reservation of a request that was under way when its process died."""
        return self._end.reservation_id if self._end and self._end.role == ASKED else None

    @property
    def said(self) -> Sequence[Turn]:
        """What a model would be told now, and what it has said."""
        return [row for row in self.rows if row.role == OURS or _counts(row)]

    @property
    def turns(self) -> int:
        """How many answers there were, whole or not."""
        return sum(row.role == MODEL for row in self.rows)

    @property
    def refused(self) -> frozenset[str]:
        """Models that declined."""
        return frozenset(row.model for row in self.rows if row.role == MODEL and row.stop_reason == "refusal")

    @property
    def pending(self) -> Turn | None:
        """An answer that nothing has followed yet."""
        last = next((row for row in reversed(self.rows) if row.role in {OURS, MODEL}), None)
        return last if last and last.role == MODEL and last.stop_reason not in {"pause_turn", "refusal"} else None

    @property
    def cuts(self) -> int:
        """How many answers were cut off for their length."""
        return sum(row.role == OURS and row.stop_reason == CUT for row in self.rows)

    @property
    def asked_for_answer(self) -> int:
        """How often the answer was asked for; from the first time on there are no tools."""
        return sum(row.role == OURS and row.stop_reason == LAST for row in self.rows)

    @property
    def open_uses(self) -> Sequence[Block]:
        """Calls of tools that have no results yet: only of an answer that is whole, and stopped for them."""
        if self.pending is None or self.pending.stop_reason != "tool_use":
            return ()
        return [block for block in self.pending.blocks if block.get("type") == "tool_use"]

    def has_asked(self, is_same: Callable[[Block], bool]) -> bool:
        """Whether such a call was made before and was answered, or was made twice without an answer that helps."""
        uses = [block for row in self.said if row.role == MODEL for block in row.blocks]
        same = {use.get("id") for use in uses if use.get("type") == "tool_use" and is_same(use)}
        results = [
            block for row in self.said if row.role == OURS for block in row.blocks if block.get("tool_use_id") in same
        ]
        return len(results) > 1 or any(not block.get("is_error") for block in results)

    def messages(self, model: str) -> list[Block]:
        """The conversation as the API wants it: roles in turn, thinking only for the model whose own it is."""
        made: list[Block] = []
        for row in self.said:
            content = [block for block in row.blocks if _may_be_said(block, own=row.model == model)]
            if made and made[-1]["role"] == row.role:
                made[-1]["content"] = [*made[-1]["content"], *content]
            elif content:
                made.append({"role": row.role, "content": content})
        return made

    def prompt_bound(self, model: str, whole: int, extra: int) -> int:
        """At most so many tokens are in the next prompt of `whole` bytes: from its length, or from what the last answer
        used and what was said since. `extra` are bytes that no request before it had.
        """
        from_bytes = prompt_bound(whole)
        last = next((row for row in reversed(self.rows) if row.role == MODEL), None)
        usage = read_usage(last.usage) if last and last.model == model else None
        if last is None or usage is None:
            return from_bytes
        since = sum(length(row.blocks) for row in self.rows[last.number :] if row.role == OURS)
        return min(from_bytes, prompt_bound(since + extra, usage))

    @property
    def last_prompt(self) -> int:
        """The tokens of the last prompt, as far as the provider tells."""
        last = next((row for row in reversed(self.rows) if row.role == MODEL), None)
        usage = (read_usage(last.usage) if last else None) or Usage()
        return usage.prompt + usage.output


async def load(connection: AsyncConnection, run_id: str, agent: str) -> Transcript:
    """The transcript as it stands."""
    return Transcript(run_id, agent, await transcripts.read(connection, run_id, agent))


def length(value: object) -> int:
    """The bytes of some JSON."""
    return len(json.dumps(value, ensure_ascii=False, default=list).encode())


def _counts(row: Turn) -> bool:
    """Whether this answer can be said again: one that calls tools has to have stopped for them."""
    called = any(block.get("type") == "tool_use" for block in row.blocks)
    return row.role == MODEL and row.stop_reason in _WHOLE and (not called or row.stop_reason == "tool_use")


def _may_be_said(block: Block, *, own: bool) -> bool:
    kind = block.get("type")
    if kind in {"thinking", "redacted_thinking"}:
        return own
    return kind != "text" or bool(block.get("text"))
