"""What a call to a model costs: before it, at most; after it, exactly; and where nobody knows, as much as it can be.

Amounts are whole micro-dollars, rounded up once a request. A price in dollars per million tokens is one in
micro-dollars per token, so tokens times price is an amount.
"""

from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal
from typing import Annotated, Any

from pydantic import Field

from bot.errors import Refused
from bot.incident.model import Frozen

#: What a request holds beside our own bytes: roles, tool wrappers, the provider's own words.
OVERHEAD_TOKENS = 2000
#: No request has as many; a count above this is no count.
MOST_TOKENS = 10_000_000

#: US dollars per million tokens. Nothing is free: a price of 0 would be spent without end.
Rate = Annotated[Decimal, Field(gt=0, lt=1_000_000, decimal_places=6)]


class Unpriced(Refused):
    """Nobody knows what this model costs, so it is not called."""

    rule = "unpriced"


class Rates(Frozen):
    """What each kind of token costs."""

    input: Rate = Field(description="Tokens of the prompt that are not cached. Required.")
    output: Rate = Field(description="Tokens of the answer, thinking included. Required.")
    write_5m: Rate = Field(description="Tokens written to the cache for five minutes. Required.")
    write_1h: Rate = Field(description="Tokens written to the cache for an hour. Required.")
    read: Rate = Field(description="Tokens read from the cache. Required.")


class LongRates(Rates):
    """What every token of a request costs, its answer's too, once its prompt is long."""

    over: Annotated[int, Field(gt=0)] = Field(
        description="The longest prompt, in tokens and with what is cached, at the usual price. Required."
    )


class Price(Rates):
    """What a model costs."""

    long: LongRates | None = Field(default=None, description="What it costs with a long prompt, where that differs.")


class Usage(Frozen):
    """Tokens by kind; `input` leaves out what is cached."""

    input: Annotated[int, Field(ge=0, le=MOST_TOKENS)] = 0
    output: Annotated[int, Field(ge=0, le=MOST_TOKENS)] = 0
    write_5m: Annotated[int, Field(ge=0, le=MOST_TOKENS)] = 0
    write_1h: Annotated[int, Field(ge=0, le=MOST_TOKENS)] = 0
    read: Annotated[int, Field(ge=0, le=MOST_TOKENS)] = 0

    @property
    def prompt(self) -> int:
        """The length of the prompt: what is cached belongs to it."""
        return self.input + self.write_5m + self.write_1h + self.read


class Terms(Frozen):
    """On what terms a call is made; kept with its reservation, so that a new price does not change an old call."""

    model: str
    price: Price
    prompt_tokens: Annotated[int, Field(ge=0)]
    max_tokens: Annotated[int, Field(gt=0)]
    hour_cache: bool = False

    @property
    def worst(self) -> int:
        """The most that the call can cost."""
        return worst_case(self.price, self.prompt_tokens, self.max_tokens, hour_cache=self.hour_cache)


def price_of(prices: Mapping[str, Price], model: str) -> Price:
    """The price of a model by its exact name. Raises Unpriced."""
    if model not in prices:
        raise Unpriced(f"There is no price for {model}, so it is not asked. Set agents.prices in holdfast.yml.")
    return prices[model]


def prompt_bound(new_bytes: int, last: Usage | None = None) -> int:
    """At most so many tokens are in a prompt: no token is shorter than a byte of UTF-8.

    `new_bytes` is the whole first request, and later what was added since the answer whose usage is `last`.
    """
    return new_bytes + (OVERHEAD_TOKENS if last is None else last.prompt + last.output)


def worst_case(price: Price, prompt_tokens: int, max_tokens: int, *, hour_cache: bool = False) -> int:
    """The most that a call can cost whose prompt has at most `prompt_tokens`."""
    return max(
        _whole(prompt_tokens * _dearest_prompt(rates, hour_cache) + max_tokens * rates.output)
        for rates in _within_reach(price, prompt_tokens)
    )


def longest_answer(price: Price, prompt_tokens: int, amount: int, *, hour_cache: bool = False) -> int:
    """The largest `max_tokens` whose worst case is within `amount`; 0 where not even the prompt is."""
    return max(
        0,
        min(
            int((amount - prompt_tokens * _dearest_prompt(rates, hour_cache)) // rates.output)
            for rates in _within_reach(price, prompt_tokens)
        ),
    )


def cost(price: Price, usage: Usage) -> int:
    """What a call has cost."""
    rates = price.long if price.long is not None and usage.prompt > price.long.over else price
    return _whole(
        usage.input * rates.input
        + usage.output * rates.output
        + usage.write_5m * rates.write_5m
        + usage.write_1h * rates.write_1h
        + usage.read * rates.read
    )


def estimate(price: Price, reserved: Terms, seen: Usage | None) -> int:
    """What a call has cost at most that broke off: the prompt as far as it was told, and the whole of the answer."""
    if seen is None:
        return worst_case(price, reserved.prompt_tokens, reserved.max_tokens, hour_cache=reserved.hour_cache)
    return cost(price, seen.model_copy(update={"output": max(seen.output, reserved.max_tokens)}))


def read_usage(told: Mapping[str, Any] | None, *, hour_cache: bool = False) -> Usage | None:
    """What the provider says was used, as its JSON has it; None where it says nothing, or nothing that can be.

    Cached tokens of which it does not say for how long count as what was asked for.
    """
    told = told or {}
    split = told.get("cache_creation") or {}
    if not isinstance(split, Mapping):
        return None
    named = ("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    counts = [told.get(name) or 0 if name.startswith("cache") else told.get(name) for name in named]
    counts += [split.get(name) or 0 for name in ("ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens")]
    if any(isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= MOST_TOKENS for count in counts):
        return None
    fresh, output, written, read, five, hour = (int(count) for count in counts if count is not None)
    unsaid = max(0, written - five - hour)
    usage = Usage(
        input=fresh,
        output=output,
        write_5m=five + (0 if hour_cache else unsaid),
        write_1h=hour + (unsaid if hour_cache else 0),
        read=read,
    )
    return usage if usage.prompt else None


def _within_reach(price: Price, prompt_tokens: int) -> tuple[Rates, ...]:
    """Whatever may be asked for a prompt of at most this length: it may turn out shorter."""
    return (price, price.long) if price.long is not None and prompt_tokens > price.long.over else (price,)


def _dearest_prompt(rates: Rates, hour_cache: bool) -> Decimal:
    return max(rates.input, rates.read, rates.write_1h if hour_cache else rates.write_5m)


def _whole(amount: Decimal) -> int:
    return int(amount.to_integral_value(ROUND_CEILING))
