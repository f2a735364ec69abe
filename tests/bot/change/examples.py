"""Items, changes and questions, as tests of the rules begin with them."""

from datetime import UTC, datetime, timedelta

from bot.change.model import Approval, Ask, Bound, Change, ChangeState, ItemState, TrackedItem
from bot.postmortem.model import Kind

NOW = datetime(2026, 4, 14, 12, tzinfo=UTC)
BOUND = Bound(commit="c" * 40, tree="t" * 40, plan="p" * 64, verdict="v" * 64, inputs="i" * 64)


def an_item(**values: object) -> TrackedItem:
    """An item of type Config that is worked on."""
    said = {"id": "i1", "number": 31, "action": "Add an alert", "kinds": (Kind.CONFIG,), "changed_at": NOW}
    return TrackedItem.model_validate({"state": ItemState.IMPLEMENTING} | said | values)


def a_change(**values: object) -> Change:
    """Its change, which waits for a click."""
    said = {"id": "c1", "item_id": "i1", "number": 1, "state": ChangeState.AWAITING, "bound": BOUND, "made_at": NOW}
    return Change.model_validate(said | values)


def a_question(**values: object) -> Approval:
    """Whether exactly that change is applied; it waits for four hours."""
    said = {"id": "a1", "number": 57, "ask": Ask.APPLY, "item_id": "i1", "change_id": "c1", "bound": BOUND}
    times = {"asked_at": NOW, "expires_at": NOW + timedelta(hours=4)}
    return Approval.model_validate(said | times | values)
