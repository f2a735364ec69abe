"""What people decide about action items and changes: each click is judged first, then the row decides by its state."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change.deciding import decided, rejected
from bot.change.lifecycle import move_approval, move_change, move_item
from bot.change.model import ApprovalState, Ask, ChangeState, ItemState
from bot.change.steps import in_the_morning
from bot.durable.engine import Json
from bot.errors import Refused
from bot.incident.asking import required
from bot.incident.requests_changes import (
    Approve,
    NotNow,
    Reject,
)
from bot.incident.wanted import EffectKind, Wanted
from bot.ports import Outcome
from bot.storage import approvals, changes, effects, items, rounds
from bot.workflows.changes.clicked import BEFORE_APPLY, Clicked
from bot.workflows.changes.rounds import settle
from bot.workflows.story import Desk


class Clicks(Clicked):
    """Yes, no, and neither."""

    async def approve(self, desk: Desk, id: str, payload: Json) -> Outcome:
        """Yes. Once enough people have said so, what was asked begins, and nothing else."""
        request = Approve.model_validate(payload)

        async def act(connection: AsyncConnection, now: datetime) -> str:
            asked, item, change = await self._asked(connection, request.approval)
            await self._may(desk, connection, "approve", request, asked, item, change, now)
            after = decided(asked, request.actor, now)
            await self._decide(connection, asked, after)
            await self._record(connection, now, request, "approve", asked, change)
            if after.state is not ApprovalState.APPROVED:
                left = after.people - len(after.agreed)
                await rounds.want_shown(connection, item.round_id)
                return f"You agreed. {left} more {'has' if left == 1 else 'have'} to."
            if asked.ask is Ask.APPLY:
                assert change is not None, "what is to be applied is a change"
                cleared = move_change(change, ChangeState.CLEARED, cleared_by=after.agreed)
                await changes.save(connection, cleared)
                said = f"{asked.key} is approved: exactly this plan is applied."
            else:
                await approvals.decide(connection, after, move_approval(after, ApprovalState.USED))
                begun = {"first_by": request.actor, "requested_by": request.actor, "reason": ""}
                begun["round_id"] = await self._new_round(connection, item, request.actor, id, now)
                item = move_item(item, ItemState.APPROVED, changed_at=now, told=False, written=False, **begun)
                await items.save(connection, item)
                said = f"{item.key} is on its way. What comes of it is posted."
            await items.wake(connection, item.id, now)
            await rounds.want_shown(connection, item.round_id)
            return said

        return await self._decided(desk, id, request, "approve", act)

    async def reject(self, desk: Desk, id: str, payload: Json) -> Outcome:
        """No, with the reason, which whoever prepares it next reads."""
        request = Reject.model_validate(payload)
        required(reason=(request.reason, "Say why; whoever prepares it next reads it."))

        async def act(connection: AsyncConnection, now: datetime) -> str:
            asked, item, change = await self._asked(connection, request.approval)
            await self._may(desk, connection, "reject", request, asked, item, change, now)
            reason = request.reason.strip()
            await self._decide(connection, asked, rejected(asked, request.actor, reason, now))
            if change is not None and change.state in BEFORE_APPLY:
                await changes.save(connection, move_change(change, ChangeState.REFUSED, problem=reason))
            said = {"reason": f"<@{request.actor}> said no: {reason}", "feedback": (*item.feedback, reason)}
            rejected_item = move_item(item, ItemState.REJECTED, changed_at=now, written=False, **said)
            await items.save(connection, rejected_item)
            await self._record(connection, now, request, "reject", asked, change)
            await settle(self._deps, connection, item.round_id)
            return f"{asked.key} is rejected. The reason is kept with {item.key}."

        return await self._decided(desk, id, request, "reject", act)

    async def not_now(self, desk: Desk, id: str, payload: Json) -> Outcome:
        """Neither: asked again in the morning, or put away until somebody takes it up."""
        request = NotNow.model_validate(payload)

        async def act(connection: AsyncConnection, now: datetime) -> str:
            asked, item, change = await self._asked(connection, request.approval)
            self._may_click(desk, "not_now", request)
            await self._seen(desk, connection, request, item)
            if not asked.is_pending:
                raise Refused(f"{asked.key} is {asked.state} already.")
            if request.morning:
                at = in_the_morning(now, desk.people.get(request.actor).timezone)
                wanted = Wanted(
                    kind=EffectKind.TELL,
                    at=at,
                    request={"say": "asked_again", "to": request.actor, "approval": asked.id, "why": ""},
                )
                await effects.add_answer(connection, f"again:{asked.id}:{request.actor}:{at.isoformat()}", wanted, now)
                return f"You are asked about {asked.key} again at nine."
            await self._decide(connection, asked, move_approval(asked, ApprovalState.SUPERSEDED, reason="Not now."))
            if change is not None and change.state in BEFORE_APPLY:
                await changes.save(connection, move_change(change, ChangeState.WITHDRAWN, problem="Not now."))
            if item.state is ItemState.IMPLEMENTING:
                item = move_item(item, ItemState.HELD)
            reason = f"<@{request.actor}> said: not now."
            await items.save(connection, item.model_copy(update={"reason": reason, "changed_at": now, "told": True}))
            await self._record(connection, now, request, "not_now", asked, change)
            await settle(self._deps, connection, item.round_id)
            return f"{item.key} waits. `/approve-todo {item.key}` takes it up again."

        return await self._decided(desk, id, request, "not_now", act)
