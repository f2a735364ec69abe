"""What may be spent: the caps, the verdict before a call, and what is booked after it. No cap is ever overspent."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from bot.budget.prices import Terms, Usage, cost, estimate
from bot.incident.model import Actor, Frozen

MICROS = 1_000_000

#: US dollars. Nothing may be spent where it is 0.
Dollars = Annotated[Decimal, Field(ge=0, le=1_000_000, decimal_places=6)]


class Cap(StrEnum):
    """What a cap is on."""

    ATTEMPT = "attempt"
    RUN = "run"
    ISSUE = "issue"
    DAY = "day"
    PERSON = "person"


#: How a refusal begins that names the cap.
_MAY_COST = {
    Cap.ATTEMPT: "One call to a model may cost {cap}",
    Cap.RUN: "One run may cost {cap}",
    Cap.ISSUE: "All runs about one issue may cost {cap}",
    Cap.DAY: "All runs of a day may cost {cap}",
    Cap.PERSON: "What one person starts may cost {cap} a day",
}


class Caps(Frozen):
    """How much may be spent, in US dollars. Only the configuration changes one."""

    attempt: Dollars = Field(default=Decimal(2), description="On one call to a model.")
    run: Dollars = Field(default=Decimal(5), description="On one run, from its first call to its report.")
    issue: Dollars = Field(default=Decimal(10), description="On all runs about one incident or request.")
    day: Dollars = Field(default=Decimal(30), description="On everything, each day (UTC).")
    person: Dollars = Field(default=Decimal(15), description="On what one person has started, each day (UTC).")

    def of(self, cap: Cap) -> int:
        """The cap in micro-dollars."""
        dollars: Decimal = getattr(self, cap.value)
        return int(dollars * MICROS)


class Run(Frozen):
    """One run, and whose money it is. `issue` is an incident's id or a request's own; `person` None: the bot's own."""

    id: str
    issue: str
    person: Actor | None
    started_at: datetime


class Totals(Frozen):
    """Micro-dollars: what is spent, how much of that is estimated, and what is held for calls and reports to come."""

    spent: int = 0
    estimated: int = 0
    held: int = 0

    def left(self, cap: int) -> int:
        """What of a cap may still be spent."""
        return max(0, cap - self.spent - self.held)


class Granted(Frozen):
    """The call may be made: `amount` micro-dollars are held for it, `promised` of them since the run began."""

    amount: int
    promised: int = 0


class Refusal(Frozen):
    """The call may not be made. A smaller one might, of at most `left` micro-dollars."""

    cap: Cap
    left: int
    sentence: str


Verdict = Granted | Refusal


class Settlement(Frozen):
    """What a call has cost, in micro-dollars; `estimated` where nobody has told, so that it is the most it can be.

    `beyond` is how much of it was not held, as more was used than was asked for; it is booked all the same.
    """

    cost: int
    estimated: bool
    beyond: int = 0


def decide(caps: Caps, totals: Mapping[Cap, Totals], amount: int, promised: int = 0) -> Verdict:
    """Whether `amount` micro-dollars may be held. `totals` are of every cap but the attempt's that counts here.

    `promised` is already held for this very call, by the earmark of its run, and is granted in any case.
    """
    room = {cap: caps.of(cap) - total.spent - total.held + promised for cap, total in totals.items()}
    room[Cap.ATTEMPT] = caps.of(Cap.ATTEMPT)
    tightest = min(room, key=lambda cap: room[cap])
    left = max(room[tightest], promised, 0)
    if amount <= left:
        return Granted(amount=amount, promised=min(amount, promised))
    may = _MAY_COST[tightest].format(cap=dollars(caps.of(tightest)))
    known = "" if tightest is Cap.ATTEMPT else f", of which {dollars(left, down=True)} is left"
    return Refusal(cap=tightest, left=left, sentence=f"{may}{known}; this could cost {dollars(amount)}.")


def settlement(terms: Terms, usage: Usage | None, *, complete: bool) -> Settlement:
    """What to book for a call that was made: exact where its answer is whole and says what was used."""
    exact = complete and usage is not None and usage.output > 0
    spent = cost(terms.price, usage) if exact and usage is not None else estimate(terms.price, terms, usage)
    return Settlement(cost=spent, estimated=not exact, beyond=max(0, spent - terms.worst))


def given_back(promised: int, cost: int) -> int:
    """What of a promise is free for another last turn, once the one that took it has cost so much."""
    return max(0, promised - cost)


def day_of(at: datetime) -> date:
    """The day that money is spent on: UTC, wherever people are."""
    return at.astimezone(UTC).date()


def dollars(amount: int, *, down: bool = False) -> str:
    """Micro-dollars as people read them: `$0.42`, up to the next cent, or `down` where it is what they still have."""
    cents = amount // 10_000 if down else -(-amount // 10_000)
    return f"${cents // 100:,}.{cents % 100:02d}"
