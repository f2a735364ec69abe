"""Who may decide what, and what becomes of a question once they have: pure, and asked anew at every click."""

from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from bot.change.lifecycle import move_approval
from bot.change.model import Approval, ApprovalState, Ask, Change, ChangeState, TrackedItem
from bot.change.policy import TWICE, Policy, first_ask
from bot.errors import Refused
from bot.incident.model import Actor
from bot.incident.policy import Circle, NotAllowed, Rank, Rights

_DECIDED = {
    ApprovalState.APPROVED: "was approved",
    ApprovalState.USED: "was approved and carried out",
    ApprovalState.REJECTED: "was rejected",
    ApprovalState.EXPIRED: "has run out",
    ApprovalState.SUPERSEDED: "is not asked any more",
}
_ONCE = "You have agreed already. Somebody else has to, too."


def asks_first(item: TrackedItem, now: datetime, requester: Actor | None = None) -> Approval:
    """The question whether a held item may be taken up. It has no end: nothing is applied by it."""
    ask = first_ask(item.change_class)
    by = item.requested_by if requester is None else requester
    return Approval(
        id=str(uuid5(NAMESPACE_URL, f"{item.id}.{ask}.{now.isoformat()}")),
        number=0,
        ask=ask,
        item_id=item.id,
        requester=by,
        asked_at=now,
    )


def may_decide(
    approval: Approval,
    item: TrackedItem,
    change: Change | None,
    rights: Rights,
    circle: Circle,
    policy: Policy,
    now: datetime,
    *,
    critical: bool = False,
    saying_no: bool = False,
) -> None:
    """Whether this person may say yes, or no, to exactly this, now. Raises NotAllowed or Refused, saying who may.

    Whoever started a change, or let it be prepared where that takes two clicks, does not also allow it, unless there
    is nobody else. Anybody of those who may allow it may say no.
    """
    able = policy.allowed(item.change_class, circle, critical=critical)
    if rights.rank < Rank.MEMBER or rights.actor not in able:
        raise NotAllowed(_who(able))
    if not approval.is_pending:
        raise Refused(_already(approval))
    if approval.expires_at is not None and now >= approval.expires_at:
        raise Refused(f"{approval.key} has run out. It can be planned again.")
    if approval.ask is Ask.APPLY:
        _is_exact(approval, change)
    if saying_no:
        return
    if rights.actor in approval.agreed:
        raise Refused(_ONCE)
    if rights.actor in _not_these(approval, item) and able - _not_these(approval, item):
        raise NotAllowed(_other(approval, item, rights.actor, able))


def decided(approval: Approval, actor: Actor, now: datetime) -> Approval:
    """With this person's yes: approved once enough people have said so, each of them once. Raises Refused."""
    if not approval.is_pending:
        raise Refused(_already(approval))
    if actor in approval.agreed:
        raise Refused(_ONCE)
    agreed = (*approval.agreed, actor)
    if len(agreed) < approval.people:
        return approval.model_copy(update={"agreed": agreed})
    said = {"agreed": agreed, "decided_by": actor, "decided_at": now}
    return move_approval(approval, ApprovalState.APPROVED, **said)


def rejected(approval: Approval, actor: Actor, reason: str, now: datetime) -> Approval:
    """With this person's no: one is enough."""
    return move_approval(approval, ApprovalState.REJECTED, decided_by=actor, decided_at=now, reason=reason)


def lasts_until(policy: Policy, critical: bool, now: datetime) -> datetime:
    """Until when an exact plan may be allowed."""
    return now + policy.lasts(critical=critical)


def _is_exact(approval: Approval, change: Change | None) -> None:
    """The change that was asked about is the one that waits, to the byte. Raises Refused."""
    if change is None or change.id != approval.change_id or change.state is not ChangeState.AWAITING:
        raise Refused(f"{approval.key} is about a change that does not wait any more.")
    if approval.bound is None or change.bound != approval.bound:
        raise Refused(f"{approval.key} is about other bytes than those that wait. Please look at the newest.")


def _not_these(approval: Approval, item: TrackedItem) -> frozenset[Actor]:
    """Those who had their part in it before, and so do not also allow it."""
    if approval.ask is not Ask.APPLY:
        return frozenset()
    first = {item.first_by} if item.change_class in TWICE else set()
    return frozenset({approval.requester, *first} - {""})


def _other(approval: Approval, item: TrackedItem, actor: Actor, able: frozenset[Actor]) -> str:
    did = "let it be prepared" if actor == item.first_by and item.change_class in TWICE else "started this change"
    return f"You {did}, so somebody else has to allow it: {_named(able - _not_these(approval, item))}."


def _who(able: frozenset[Actor]) -> str:
    return f"Only {_named(able)} can decide this." if able else "Nobody can decide this: no approver is set up."


def _named(people: frozenset[Actor]) -> str:
    return " or ".join(f"<@{person}>" for person in sorted(people))


def _already(approval: Approval) -> str:
    by = f" by <@{approval.decided_by}>" if approval.decided_by else ""
    at = f" at {approval.decided_at:%H:%M} UTC" if approval.decided_at else ""
    return f"{approval.key} {_DECIDED[approval.state]}{by}{at}."
