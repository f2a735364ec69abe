"""The prices that Holdfast ships with, until `holdfast.yml` says otherwise."""

from datetime import date
from decimal import Decimal

from bot.budget.prices import LongRates, Price

#: The day on which they were read, from the provider's public price list and from collections of it that agree.
AS_OF = date(2026, 11, 21)

#: Input, output, cache write for five minutes and for an hour, cache read.
Row = tuple[str, str, str, str, str]


def _rates(row: Row) -> dict[str, Decimal]:
    return dict(zip(("input", "output", "write_5m", "write_1h", "read"), map(Decimal, row), strict=True))


_OPUS: Row = ("5", "25", "6.25", "10", "0.50")
_SONNET_4: Row = ("3", "15", "3.75", "6", "0.30")
_HAIKU_4: Row = ("1", "5", "1.25", "2", "0.10")
_FIVE_TWO: Row = ("8", "40", "10", "16", "0.20")
_FIVE_ONE: Row = ("10", "50", "12.5", "20", "0.25")
_FIVE: Row = ("10", "50", "12.5", "20", "1.00")

_ROWS: dict[str, Row] = {
    "claude-haiku-5-5": ("0.10", "0.50", "0.125", "0.20", "0.01"),
    "claude-sonnet-5-5": ("2", "10", "2.50", "4", "0.10"),
    "claude-sonnet-5": ("2", "10", "2.50", "4", "0.20"),
    "claude-opus-5-5": ("4", "20", "5", "8", "0.20"),
    "claude-opus-5": _OPUS,
    "claude-opus-4-8": _OPUS,
    "claude-opus-4-7": _OPUS,
    "claude-opus-4-6": _OPUS,
    "claude-opus-4-5": _OPUS,
    "claude-fable-5-2": _FIVE_TWO,
    "claude-mythos-5-2": _FIVE_TWO,
    "claude-fable-5-1": _FIVE_ONE,
    "claude-mythos-5-1": _FIVE_ONE,
    "claude-fable-5": _FIVE,
    "claude-mythos-5": _FIVE,
    "claude-sonnet-4-6": _SONNET_4,
    "claude-sonnet-4-5": _SONNET_4,
    "claude-haiku-4-5": _HAIKU_4,
    "claude-haiku-4-5-20251001": _HAIKU_4,
}
#: The longest prompt at the price above, and the price of any that is longer.
_LONG: dict[str, tuple[int, Row]] = {
    "claude-haiku-5-5": (100_000, ("0.50", "2.50", "0.625", "1.00", "0.05")),
    "claude-sonnet-4-5": (200_000, ("6", "22.5", "7.5", "12", "0.60")),
}

PRICES: dict[str, Price] = {
    model: Price(
        **_rates(row),
        long=LongRates(over=_LONG[model][0], **_rates(_LONG[model][1])) if model in _LONG else None,
    )
    for model, row in _ROWS.items()
}
