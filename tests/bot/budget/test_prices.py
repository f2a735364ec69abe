"""Prices: what a call costs at most, what it has cost, and that nobody's silence or nonsense makes it cheaper."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.budget.prices import (
    Price,
    Terms,
    Unpriced,
    Usage,
    cost,
    estimate,
    longest_answer,
    price_of,
    prompt_bound,
    read_usage,
    worst_case,
)
from bot.budget.shipped import PRICES

HAIKU, SONNET, OPUS = (PRICES[f"claude-{name}-5-5"] for name in ("haiku", "sonnet", "opus"))
COUNT = st.integers(0, 300_000)
USAGE = st.builds(Usage, input=COUNT, output=COUNT, write_5m=COUNT, write_1h=COUNT, read=COUNT)
PRICE = st.sampled_from(list(PRICES.values()))


@pytest.mark.parametrize(
    ("model", "per_million"),
    [
        ("claude-haiku-5-5", ("0.5", "2.5", "0.625", "1", "0.05")),
        ("claude-sonnet-5-5", ("2", "10", "2.5", "4", "0.1")),
        ("claude-sonnet-5", ("2", "10", "2.5", "4", "0.2")),
        ("claude-opus-5-5", ("4", "20", "5", "8", "0.2")),
        ("claude-opus-4-6", ("5", "25", "6.25", "10", "0.5")),
        ("claude-fable-5-2", ("8", "40", "10", "16", "0.2")),
        ("claude-mythos-5-1", ("10", "50", "12.5", "20", "0.25")),
        ("claude-mythos-5", ("10", "50", "12.5", "20", "1")),
        ("claude-sonnet-4-6", ("3", "15", "3.75", "6", "0.3")),
        ("claude-sonnet-4-5", ("6", "22.5", "7.5", "12", "0.6")),
        ("claude-haiku-4-5", ("1", "5", "1.25", "2", "0.1")),
    ],
)
def test_a_million_tokens_of_each_kind(model: str, per_million: tuple[str, ...]) -> None:
    """Each kind of token at its own price, in a request whose prompt is long without it."""
    kinds = ("input", "output", "write_5m", "write_1h", "read")
    long = {"input": 1_000_000}
    for kind, dollars in zip(kinds, per_million, strict=True):
        more = Usage(**long | {kind: long.get(kind, 0) + 1_000_000})
        assert cost(PRICES[model], more) - cost(PRICES[model], Usage(**long)) == Decimal(dollars) * 1_000_000, kind


@pytest.mark.parametrize(
    ("price", "usage", "micros"),
    [
        (HAIKU, Usage(input=100_000, output=1000), 10_500),
        (HAIKU, Usage(input=100_001, output=1000), 52_501),
        (HAIKU, Usage(input=1, write_5m=50_000, read=50_000, output=1000), 36_251),
        (HAIKU, Usage(write_5m=50_000, read=50_000, output=1000), 7_250),
        (HAIKU, Usage(input=1), 1),
        (SONNET, Usage(input=900_000, output=1), 1_800_010),
        (SONNET, Usage(input=1000, output=2000, write_5m=10_000, write_1h=20_000, read=140_000), 141_000),
        (OPUS, Usage(input=1000, output=2000, write_5m=10_000, write_1h=20_000, read=140_000), 282_000),
    ],
)
def test_what_a_request_costs(price: Price, usage: Usage, micros: int) -> None:
    """Rounded up once; of haiku, a prompt over 100,000 tokens, cache included, makes all of it five times as dear."""
    assert cost(price, usage) == micros


@pytest.mark.parametrize(
    ("price", "prompt", "answer", "hour", "micros"),
    [
        (HAIKU, 100_000, 4000, False, 14_500),
        (HAIKU, 100_001, 4000, False, 72_501),
        (SONNET, 50_000, 8000, False, 205_000),
        (SONNET, 50_000, 8000, True, 280_000),
        (OPUS, 80_000, 16_000, False, 720_000),
    ],
)
def test_the_worst_case(price: Price, prompt: int, answer: int, hour: bool, micros: int) -> None:
    """The whole prompt is written to the cache, and the answer is as long as it may be."""
    assert worst_case(price, prompt, answer, hour_cache=hour) == micros


@given(PRICE, USAGE, st.integers(0, 1000), st.integers(0, 1000))
def test_nothing_within_the_bounds_costs_more_than_the_worst_case(
    price: Price, usage: Usage, spare: int, unused: int
) -> None:
    """However the prompt is cached, and however short it turns out."""
    hour = usage.write_1h > 0
    assert cost(price, usage) <= worst_case(price, usage.prompt + spare, usage.output + unused, hour_cache=hour)


@given(PRICE, COUNT, st.integers(0, 10_000_000), st.booleans())
def test_the_longest_answer_is_just_within_the_amount(price: Price, prompt: int, amount: int, hour: bool) -> None:
    """One token more would not fit; and where none fits, it is 0."""
    answer = longest_answer(price, prompt, amount, hour_cache=hour)
    assert answer == 0 or worst_case(price, prompt, answer, hour_cache=hour) <= amount
    assert worst_case(price, prompt, answer + 1, hour_cache=hour) > amount


@given(PRICE, USAGE, st.integers(1, 50_000))
def test_what_broke_off_costs_as_much_as_it_may_have(price: Price, seen: Usage, most: int) -> None:
    """The prompt as it was told at the beginning, and the whole answer; without a word, the worst case."""
    terms = Terms(model="m", price=price, prompt_tokens=seen.prompt, max_tokens=most, hour_cache=True)
    answered = seen.model_copy(update={"output": min(seen.output, most)})
    assert cost(price, answered) <= estimate(price, terms, answered) <= terms.worst
    assert estimate(price, terms, None) == terms.worst


def test_a_model_without_a_price_is_not_asked() -> None:
    """Neither at nothing nor at the price of one that is called alike."""
    assert price_of(PRICES, "claude-opus-5-5") is OPUS
    for name in ("claude-opus-6", "opus-5-5", "claude-opus-5-5-fast", ""):
        with pytest.raises(Unpriced, match="There is no price for"):
            price_of(PRICES, name)


@pytest.mark.parametrize("rate", ["0", "-1", "NaN", "Infinity", "0.0000001", "1000000"])
def test_a_price_is_a_price(rate: str) -> None:
    """Nothing is free, and nothing is dearer than can be counted exactly."""
    with pytest.raises(ValidationError):
        Price.model_validate(SONNET.model_dump() | {"output": rate})


def test_a_price_survives_being_kept() -> None:
    """As JSON and back, to the last digit."""
    for price in PRICES.values():
        assert Price.model_validate_json(price.model_dump_json()) == price


def test_the_bound_of_a_prompt() -> None:
    """Every byte of the first request and what lies around it; later, what was there and what came."""
    assert prompt_bound(5000) == 7000
    assert prompt_bound(800, Usage(input=10, write_5m=20, write_1h=30, read=40, output=50)) == 950


FULL = {
    "input_tokens": 10,
    "output_tokens": 20,
    "cache_creation_input_tokens": 70,
    "cache_creation": {"ephemeral_5m_input_tokens": 30, "ephemeral_1h_input_tokens": 40},
    "cache_read_input_tokens": 50,
}


@pytest.mark.parametrize(
    ("told", "hour", "usage"),
    [
        (FULL, False, Usage(input=10, output=20, write_5m=30, write_1h=40, read=50)),
        ({"input_tokens": 10, "output_tokens": 20}, False, Usage(input=10, output=20)),
        (FULL | {"cache_creation": None}, False, Usage(input=10, output=20, write_5m=70, read=50)),
        (FULL | {"cache_creation": None}, True, Usage(input=10, output=20, write_1h=70, read=50)),
        (
            FULL | {"cache_creation_input_tokens": 0},
            False,
            Usage(input=10, output=20, write_5m=30, write_1h=40, read=50),
        ),
        (FULL | {"cache_read_input_tokens": None}, False, Usage(input=10, output=20, write_5m=30, write_1h=40)),
        (FULL | {"service_tier": "standard", "inference_geo": "eu"}, False, read_usage(FULL)),
    ],
)
def test_what_the_provider_tells_is_read(told: dict[str, Any], hour: bool, usage: Usage) -> None:
    """What is cached by how long, where that is said; a cached token is never overlooked."""
    assert read_usage(told, hour_cache=hour) == usage


@pytest.mark.parametrize(
    "told",
    [
        None,
        {},
        {"input_tokens": 10},
        {"output_tokens": 10},
        {"input_tokens": 0, "output_tokens": 0},
        {"input_tokens": 0, "output_tokens": 900},
        {"input_tokens": -1, "output_tokens": 5},
        {"input_tokens": True, "output_tokens": 5},
        {"input_tokens": "10", "output_tokens": 5},
        {"input_tokens": 1.5, "output_tokens": 5},
        {"input_tokens": 10**18, "output_tokens": 5},
        FULL | {"cache_read_input_tokens": -5},
        FULL | {"cache_creation": [1, 2]},
        FULL | {"cache_creation": {"ephemeral_5m_input_tokens": -1}},
    ],
)
def test_what_cannot_be_is_no_usage(told: dict[str, Any] | None) -> None:
    """Missing, nothing, negative, huge or of another kind: whoever settles takes the most that it can be."""
    assert read_usage(told) is None
