"""What is booked for what the API says of its usage, over the wire: never less than may have been used."""

from typing import Any

import pytest

from agents.runtime.ends import RunEnds
from agents.runtime.loop import work
from bot.storage.db import Database
from bot.workspace.claude import Reply
from tests.agents.runtime.kit import GOOD, Verdict, role
from tests.agents.wired import DONE, Wired, settled

pytestmark = pytest.mark.sockets

ANSWER = Verdict.model_validate_json(GOOD)
ODD: dict[str, tuple[dict[str, Any] | None, str]] = {
    "told": (None, "exact"),
    "missing": ({}, "estimated"),
    "without the answer": ({"output_tokens": None}, "estimated"),
    "without the prompt": ({"input_tokens": None}, "estimated"),
    "zero": ({"input_tokens": 0, "output_tokens": 0, "cache_creation_input_tokens": 0}, "estimated"),
    "negative": ({"output_tokens": -5}, "estimated"),
    "no number": ({"output_tokens": "many"}, "estimated"),
    "a fraction": ({"output_tokens": 1.5}, "estimated"),
    "more than can be": ({"output_tokens": 10**12}, "estimated"),
}


@pytest.mark.parametrize("name", ODD)
async def test_odd_usage_is_never_cheaper_than_what_may_have_been_used(
    wired: Wired, ledger: Database, name: str
) -> None:
    """The answer counts; what it cost is what was told, or as much as it can be."""
    usage, how = ODD[name]
    wired.claude.script(Reply(text=DONE.text, usage=usage))
    async with wired.bench(ledger) as run:
        assert await work(run.session, role(run.cluster), "Why?") == ANSWER
    assert await settled(run) == [how]
    money = await run.money()
    assert money.held == 0
    assert money.spent >= (40_000 if how == "estimated" else 1)  # 4000 tokens of an answer at ten dollars a million


async def test_more_than_was_asked_for_ends_the_run(wired: Wired, ledger: Database) -> None:
    """Whoever uses more than they may is not asked again; it is booked all the same."""
    wired.claude.script(Reply(text=DONE.text, usage={"output_tokens": 900_000}))
    async with wired.bench(ledger) as run:
        with pytest.raises(RunEnds):
            await work(run.session, role(run.cluster), "Why?")
    assert (await run.money()).spent > 9_000_000
