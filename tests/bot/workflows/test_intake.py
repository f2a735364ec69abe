"""Submissions: answered in time, decided anew when they were refused, and told late when they were refused late."""

import asyncio
from dataclasses import dataclass, field

import pytest

from bot.deps import Tasks
from bot.durable.engine import Json
from bot.durable.fake import FakeEngine
from bot.ports import Outcome
from bot.workflows.intake import LATE, PENDING, Intake
from tests.clock import ManualClock


@dataclass
class Counter:
    """Where submissions come in; the story waits at `gate` and then says `says`, or raises it."""

    clock: ManualClock
    says: Outcome | Exception = field(default_factory=lambda: Outcome(ok=True, text="Done."))
    ran: list[Json] = field(default_factory=list)
    told: list[Json] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    patience: float = 5.0

    def __post_init__(self) -> None:
        self.gate.set()
        self.restart()

    def restart(self) -> None:
        """Another process over the same journal: only what was in memory is gone."""
        self.engine = getattr(self, "engine", FakeEngine())
        self.intake = Intake(self.engine, self.clock, Tasks(), self.patience)
        self.engine.register("lead", lambda id, payload: self.intake.run(self.story, id, payload))
        self.engine.register(LATE, self.tell)

    async def story(self, id: str, payload: Json) -> Outcome:
        self.ran.append(payload)
        await self.gate.wait()
        if isinstance(self.says, Exception):
            raise self.says
        return self.says

    async def tell(self, id: str, payload: Json) -> Json:
        self.told.append(payload)
        return {}

    async def send(self) -> Outcome:
        return await self.intake("lead", "click:1", {"actor": "U0ANA", "text": "I can."})


@pytest.fixture
def counter(clock: ManualClock) -> Counter:
    """With patience enough."""
    return Counter(clock)


NO = Outcome(ok=False, text="Bob leads already.", fields={"lead": "Ask Bob."})


async def test_a_story_gets_what_was_asked_and_its_outcome_is_the_answer(counter: Counter) -> None:
    """Once, however often it is sent."""
    answers = [await counter.send() for _ in range(3)]
    assert answers == [Outcome(ok=True, text="Done.")] * 3
    assert counter.ran == [{"actor": "U0ANA", "text": "I can."}]


async def test_what_was_refused_is_decided_anew_also_by_another_process(counter: Counter) -> None:
    """Each time it is sent; nothing of it is kept in memory."""
    counter.says = NO
    assert await counter.send() == NO
    counter.restart()
    assert await counter.send() == NO
    counter.says = Outcome(ok=True, text="You lead now.")
    counter.restart()
    assert (await counter.send()).ok
    counter.says = NO
    assert (await counter.send()).ok
    assert len(counter.ran) == 3


async def test_a_refusal_in_time_is_told_once(counter: Counter) -> None:
    """In the form; nobody needs a message too."""
    counter.says = NO
    await counter.send()
    await counter.engine.quiet(5)
    assert counter.told == []


async def test_a_refusal_that_comes_late_is_told(clock: ManualClock) -> None:
    """Whoever was told to wait hears why it was not done, with the words that they typed."""
    counter = Counter(clock, NO, patience=0.05)
    counter.gate.clear()
    answer = await counter.send()
    assert (answer.ok, answer.pending, answer.text) == (True, True, PENDING)
    clock.advance(60)
    counter.gate.set()
    await counter.engine.quiet(5)
    [news] = counter.told
    assert (news["to"], news["why"], news["typed"]) == ("U0ANA", "Bob leads already. Ask Bob.", "I can.")


async def test_what_is_done_late_needs_no_message(clock: ManualClock) -> None:
    """The card shows it."""
    counter = Counter(clock, patience=0.05)
    counter.gate.clear()
    await counter.send()
    clock.advance(60)
    counter.gate.set()
    await counter.engine.quiet(5)
    assert (len(counter.ran), counter.told) == (1, [])


async def test_what_breaks_late_is_told_too(clock: ManualClock) -> None:
    """With the id under which it is in the log."""
    counter = Counter(clock, ZeroDivisionError(), patience=0.05)
    with pytest.raises(ZeroDivisionError):
        await counter.intake.run(counter.story, "click:1", {"actor": "U0ANA", "asked_at": clock.now().isoformat()})
    clock.advance(60)
    long_ago = (clock.now().replace(hour=0)).isoformat()
    with pytest.raises(ZeroDivisionError):
        await counter.intake.run(counter.story, "click:1", {"actor": "U0ANA", "asked_at": long_ago})
    await counter.engine.quiet(5)
    [news] = counter.told
    assert "in the log under click:1" in news["why"]
