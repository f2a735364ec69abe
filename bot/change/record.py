"""What a followed action item says in its post-mortem's record of what was implemented."""

from datetime import date

from bot.change.model import TrackedItem
from bot.postmortem.implemented import EXISTING, Followup, reviewed


def done(item: TrackedItem, day: date, commit: str, web: str, by: str) -> Followup:
    """It is on the branch. `commit` is git's whole name, read back after the push; `web` the repository's address."""
    return _row(item, by).model_copy(update={"day": day, "commit": commit, "web": web})


def existing(item: TrackedItem, day: date) -> Followup:
    """There was nothing to do: what it asks for is there."""
    return _row(item, EXISTING).model_copy(update={"day": day})


def held(item: TrackedItem, reason: str) -> Followup:
    """It was skipped or refused, and is for a person; `reason` in a sentence."""
    return _row(item, reviewed(reason))


def _row(item: TrackedItem, by: str) -> Followup:
    priority = item.priority.value if item.priority else ""
    return Followup(action=item.action, priority=priority, type=item.type, by=by)
