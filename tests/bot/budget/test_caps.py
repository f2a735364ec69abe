"""Caps: which one says no, in what words, and that what was promised is kept."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.budget.caps import (
    Cap,
    Caps,
    Granted,
    Refusal,
    Settlement,
    Totals,
    day_of,
    decide,
    dollars,
    given_back,
    settlement,
)
from bot.budget.prices import Terms, Usage
from bot.budget.shipped import PRICES

CAPS = Caps(attempt=Decimal("1"), run=Decimal("5"), issue=Decimal("10"), day=Decimal("30"), person=Decimal("15"))
SONNET = Terms(model="claude-sonnet-5-5", price=PRICES["claude-sonnet-5-5"], prompt_tokens=50_000, max_tokens=8000)


def test_the_caps_of_the_design() -> None:
    """Five dollars a run and ten an issue, without any configuration."""
    assert (Caps().of(Cap.RUN), Caps().of(Cap.ISSUE)) == (5_000_000, 10_000_000)


@pytest.mark.parametrize(
    ("spent", "cap", "left", "sentence"),
    [
        (
            {Cap.RUN: 4_700_000},
            Cap.RUN,
            300_000,
            "One run may cost $5.00, of which $0.30 is left; this could cost $0.62.",
        ),
        (
            {Cap.RUN: 4_700_000, Cap.ISSUE: 9_795_001},
            Cap.ISSUE,
            204_999,
            "All runs about one issue may cost $10.00, of which $0.20 is left; this could cost $0.62.",
        ),
        (
            {Cap.DAY: 30_000_000},
            Cap.DAY,
            0,
            "All runs of a day may cost $30.00, of which $0.00 is left; this could cost $0.62.",
        ),
        (
            {Cap.PERSON: 16_000_000},
            Cap.PERSON,
            0,
            "What one person starts may cost $15.00 a day, of which $0.00 is left; this could cost $0.62.",
        ),
    ],
)
def test_a_refusal_names_the_tightest_cap(spent: dict[Cap, int], cap: Cap, left: int, sentence: str) -> None:
    """With what is left of it, and what was asked for."""
    totals: dict[Cap, Totals] = {of: Totals(spent=spent.get(of, 0)) for of in Cap if of is not Cap.ATTEMPT}
    assert decide(CAPS, totals, 615_001) == Refusal(cap=cap, left=left, sentence=sentence)
    assert decide(CAPS, totals, left) == Granted(amount=left)


def test_one_call_has_a_cap_of_its_own() -> None:
    """Also where nothing was spent yet."""
    sentence = "One call to a model may cost $1.00; this could cost $1.01."
    assert decide(CAPS, {}, 1_000_001) == Refusal(cap=Cap.ATTEMPT, left=1_000_000, sentence=sentence)


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(0, 10**7), st.integers(0, 10**7))
def test_a_grant_stays_within_the_cap(spent: int, held: int, amount: int, promised: int) -> None:
    """Whatever was spent and held before; a promise that was kept is held already, so it adds nothing."""
    held += promised
    verdict = decide(CAPS, {Cap.RUN: Totals(spent=spent, held=held)}, amount, promised)
    after = spent + held - min(promised, amount) + amount
    if isinstance(verdict, Granted):
        assert (verdict.amount, verdict.promised) == (amount, min(promised, amount))
        assert after <= max(CAPS.of(Cap.RUN), spent + held)
    else:
        assert after > CAPS.of(Cap.RUN) or amount > CAPS.of(Cap.ATTEMPT)
        assert verdict.left < amount


def test_a_promise_is_kept_when_a_cap_is_lowered() -> None:
    """The report of a run that has begun; and not a micro-dollar more."""
    totals = {Cap.RUN: Totals(spent=3_000_000, held=400_000)}
    none = Caps(attempt=Decimal(0), run=Decimal(0))
    assert decide(none, totals, 400_000, 400_000) == Granted(amount=400_000, promised=400_000)
    assert isinstance(decide(none, totals, 400_001, 400_000), Refusal)


@pytest.mark.parametrize(
    ("usage", "complete", "booked"),
    [
        (Usage(input=40_000, output=3000), True, Settlement(cost=110_000, estimated=False)),
        (Usage(input=40_000, output=3000), False, Settlement(cost=160_000, estimated=True)),
        (Usage(input=40_000), False, Settlement(cost=160_000, estimated=True)),
        (Usage(input=40_000), True, Settlement(cost=160_000, estimated=True)),
        (None, True, Settlement(cost=205_000, estimated=True)),
        (None, False, Settlement(cost=205_000, estimated=True)),
        (Usage(input=200_000, output=8000), True, Settlement(cost=480_000, estimated=False, beyond=275_000)),
    ],
)
def test_what_is_booked(usage: Usage | None, complete: bool, booked: Settlement) -> None:
    """Exact only for a whole answer that says what was used; what went beyond is booked and told."""
    assert settlement(SONNET, usage, complete=complete) == booked


@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_what_is_left_of_a_promise_is_promised_again(promised: int, cost: int) -> None:
    """So that a last turn which was refused can be tried again, and one that cost all of it cannot."""
    assert given_back(promised, cost) == promised - min(promised, cost)


@pytest.mark.parametrize(
    ("amount", "up", "down"),
    [
        (0, "$0.00", "$0.00"),
        (1, "$0.01", "$0.00"),
        (420_000, "$0.42", "$0.42"),
        (1_234_567_890, "$1,234.57", "$1,234.56"),
    ],
)
def test_amounts_as_people_read_them(amount: int, up: str, down: str) -> None:
    """Never less than was spent, and never more than there is."""
    assert (dollars(amount), dollars(amount, down=True)) == (up, down)


def test_a_day_is_a_day_in_utc() -> None:
    """An hour after midnight in Sofia belongs to the day before."""
    east = timezone(timedelta(hours=2))
    assert day_of(datetime(2026, 3, 3, 1, 0, tzinfo=east)) == date(2026, 3, 2)
    assert day_of(datetime(2026, 3, 3, 0, 0, tzinfo=UTC)) == date(2026, 3, 3)
