"""What `holdfast.yml` says about agents: which models, what they cost, how much may be spent, how far back to look."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from bot.budget.caps import Caps
from bot.budget.prices import Price
from bot.budget.shipped import AS_OF, PRICES
from bot.evidence.model import Spans
from bot.incident.model import Frozen

Effort = Literal["low", "medium", "high", "max"]


class ModelKeys(Frozen):
    """Which model does the work of a role."""

    model: str = Field(description="Its exact name; it needs a price. Required.")
    fallback: str = Field(default="", description="Asked where the first does not answer. Empty: none is.")
    effort: Effort = Field(default="medium", description="How hard it thinks.")


def _model(name: str, fallback: str = "") -> ModelKeys:
    return ModelKeys(model=name, fallback=fallback)


class RoleModels(Frozen):
    """Which model does what."""

    triage: ModelKeys = Field(
        default=_model("claude-haiku-5-5", "claude-sonnet-5-5"), description="How bad it is, and what it concerns."
    )
    specialist: ModelKeys = Field(
        default=_model("claude-sonnet-5-5", "claude-sonnet-5"), description="Those who look, side by side."
    )
    historian: ModelKeys = Field(
        default=_model("claude-sonnet-5-5", "claude-sonnet-5"), description="Whether it happened before."
    )
    report_writer: ModelKeys = Field(
        default=_model("claude-opus-5-5", "claude-opus-5"), description="What it all comes to; the post-mortem."
    )
    issue_responder: ModelKeys = Field(
        default=_model("claude-sonnet-5-5", "claude-sonnet-5"), description="Wishes: what they would take."
    )
    todo_resolver: ModelKeys = Field(
        default=_model("claude-sonnet-5-5", "claude-sonnet-5"), description="Changes for action items."
    )


_Minutes = Annotated[int, Field(ge=1, le=7 * 24 * 60)]
_Seconds = Annotated[int, Field(ge=1, le=600)]


class EvidenceKeys(Frozen):
    """How far back evidence is looked for, and how long a source may take."""

    events: _Minutes = Field(default=30, description="Minutes before the start from which events and restarts count.")
    changes: _Minutes = Field(default=120, description="Minutes before the start from which commits count.")
    releases: _Minutes = Field(default=1440, description="Minutes before the start from which rollouts count.")
    seconds: _Seconds = Field(default=20, description="The longest that one question to a source may take.")

    @property
    def spans(self) -> Spans:
        """The same, as the rules know it."""
        events, changes, releases = (timedelta(minutes=each) for each in (self.events, self.changes, self.releases))
        return Spans(events=events, changes=changes, releases=releases)


class StageKeys(Frozen):
    """How long the agents of a stage may take, in seconds; what they have found by then is used."""

    triage: _Seconds = Field(default=60, description="Triage.")
    specialists: _Seconds = Field(default=240, description="Each specialist; they work side by side.")
    history: _Seconds = Field(default=120, description="The historian.")
    report: _Seconds = Field(default=240, description="The report.")
    resolver: _Seconds = Field(default=600, description="A change for an action item.")


class AgentKeys(Frozen):
    """Who looks when something is broken, and what it may cost."""

    starts: bool = Field(
        default=True, description="Whether an incident is looked into by itself, as far as its severity says."
    )
    kill: bool = Field(default=False, description="`true`: no model is asked anything. Evidence is still collected.")
    private: bool = Field(default=False, description="Whether models may see private incidents.")
    models: RoleModels = Field(default=RoleModels(), description="Which model does what.")
    stages: StageKeys = Field(default=StageKeys(), description="How long agents may take, in seconds.")
    evidence: EvidenceKeys = Field(default=EvidenceKeys(), description="How evidence is looked for.")
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

    def problems(self) -> tuple[str, ...]:
        """A sentence for every model that has no price."""
        return tuple(
            f"agents.models.{role}.{which}: there is no price for {name}; set agents.prices."
            for role in RoleModels.model_fields
            for which in ("model", "fallback")
            if (name := getattr(getattr(self.models, role), which)) and name not in self.all_prices
        )
