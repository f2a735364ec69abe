"""Random runs of the ledger in memory: whatever happens, no cap is overspent and no reservation is lost or doubled."""

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings

from bot.budget.caps import Caps
from tests.bot.budget.books import Books
from tests.bot.budget.program import CAPS, STEPS, Step, World
from tests.clock import START


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(CAPS, STEPS)
async def test_no_run_overspends(caps: Caps, steps: Sequence[Step]) -> None:
    """A few hundred of them."""
    await World([Books(caps)], caps, START).play(steps)


@pytest.mark.proof
@pytest.mark.timeout(1800)
@settings(max_examples=10_000, suppress_health_check=[HealthCheck.too_slow])
@given(CAPS, STEPS)
async def test_none_of_ten_thousand_runs_overspends(caps: Caps, steps: Sequence[Step]) -> None:
    """The same, until it can be believed."""
    await World([Books(caps)], caps, START).play(steps)
