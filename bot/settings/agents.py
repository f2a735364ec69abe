"""What `holdfast.yml` says about agents: what models cost, and how much may be spent on them."""

from pydantic import Field

from bot.budget.caps import Caps
from bot.budget.prices import Price
from bot.budget.shipped import AS_OF, PRICES
from bot.incident.model import Frozen


class AgentKeys(Frozen):
    """What models cost, and how much may be spent on them."""

    prices: dict[str, Price] = Field(
        default={},
        description="What models cost, by exact name, in US dollars per million tokens, with whatever factor applies "
        f"to you. Each replaces the whole price that Holdfast ships with (of {AS_OF:%Y-%m-%d}, below). "
        "A model without a price is not asked.",
    )
    caps: Caps = Field(default=Caps(), description="How much may be spent, in US dollars. 0: nothing.")

    @property
    def all_prices(self) -> dict[str, Price]:
        """Every price that is known, by model."""
        return PRICES | self.prices
