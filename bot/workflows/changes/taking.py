"""Items that people take up, take over, give a type, or take back."""

from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change.deciding import asks_first
from bot.change.lifecycle import OVER, move_approval, move_change, move_item
from bot.change.model import ApprovalState, Change, ChangeState, ItemState, TrackedItem
from bot.change.steps import undone
from bot.durable.engine import Json
from bot.errors import Refused
from bot.incident.policy import may
from bot.incident.requests_changes import Prepare, ProposeFix, RollBack, SetType, TakeItem, WorkThrough
from bot.ports import Outcome
from bot.postmortem.model import Kind
from bot.storage import approvals, audit, changes, homes, incidents, items, rounds
from bot.storage.fixes import fixes
from bot.workflows.changes import wishes
from bot.workflows.changes.clicked import BEFORE_APPLY, Clicked
from bot.workflows.changes.hand import of
from bot.workflows.changes.rounds import settle
from bot.workflows.story import Desk

#: By which moves an item comes to be held again, and on from there to be prepared.
_UP = {ItemState.FAILED: (ItemState.HELD,), ItemState.REJECTED: (ItemState.HELD,)}
_PATH_BACK = {
    ItemState.FAILED: (ItemState.HELD, ItemState.APPROVED),
    ItemState.HELD: (ItemState.APPROVED,),
    ItemState.DONE: (ItemState.HELD, ItemState.APPROVED),
}


class Taking(Clicked):
    """What is done with an item that waits, or is done."""

    async def take(self, desk: Desk, id: str, payload: Json) -> Outcome:
        """The actor does it themselves, has done it, or gives it back."""
        request = TakeItem.model_validate(payload)

        async def act(connection: AsyncConnection, now: datetime) -> str:
            item = await self._item(connection, request.item)
            self._may_click(desk, "take_item", request)
            await self._seen(desk, connection, request, item)
            if request.back or request.done:
                return await self._given_back(connection, item, request, now)
            await self._put_away(connection, item, "Somebody does it themselves.", now)
            taken = {"taken_by": request.actor, "reason": f"<@{request.actor}> does it.", "changed_at": now}
            await items.save(connection, move_item(item, ItemState.TAKEN, **taken))
            await audit.record(connection, now, request.actor, "take_item", item.key, {})
            await settle(self._deps, connection, item.round_id)
            return f"{item.key} is yours. Its row in the document says when it is done."

        return await self._decided(desk, id, request, "take_item", act)

    async def set_type(self, desk: Desk, id: str, payload: Json) -> Outcome:
        """What an item is, in a person's words; what waits for a click is asked anew as what it is by then."""
        request = SetType.model_validate(payload)

        async def act(connection: AsyncConnection, now: datetime) -> str:
            item = await self._item(connection, request.item)
            self._may_click(desk, "set_type", request)
            await self._seen(desk, connection, request, item)
            if request.kind not in [kind.value for kind in Kind]:
                raise Refused(f"There is no type {request.kind[:40]}.", {"type": "Choose one of the types."})
            if item.state is not ItemState.HELD:
                raise Refused(f"{item.key} is {item.state}, so its type stays as it is.")
            typed = item.model_copy(update={"set_kind": Kind(request.kind), "changed_at": now})
            await items.save(connection, typed)
            for asked in await approvals.pending_of_item(connection, item.id):
                over = move_approval(asked, ApprovalState.SUPERSEDED, reason="It has a type now.")
                await self._decide(connection, asked, over)
            await approvals.ask(connection, asks_first(typed, now))
            await audit.record(connection, now, request.actor, "set_type", item.key, {"type": request.kind})
            await rounds.want_shown(connection, item.round_id)
            await homes.all_changed(connection, now)
            return f"{item.key} is of type {request.kind} now."

        return await self._decided(desk, id, request, "set_type", act)

    async def prepare(self, desk: Desk, id: str, payload: Json) -> Outcome:
        """Take an item up (again). What words allow goes on at once; else whoever may is asked, or has just said so."""
        request = Prepare.model_validate(payload)

        async def act(connection: AsyncConnection, now: datetime) -> str:
            item = await self._item(connection, request.item)
            self._may_click(desk, "prepare", request)
            await self._seen(desk, connection, request, item)
            self._is_on()
            return await self._taken_up(desk, connection, item, request, id, now)

        return await self._decided(desk, id, request, "prepare", act)

    async def work_through(self, desk: Desk, id: str, payload: Json) -> Outcome:
        """Everything in a document, or in all, that may go by itself; what may not is asked about."""
        request = WorkThrough.model_validate(payload)

        async def act(connection: AsyncConnection, now: datetime) -> str:
            self._may_click(desk, "work_through", request)
            self._is_on()
            held = await items.all_of(connection, [ItemState.HELD])
            mine = [item for item in held if request.document in ("", item.document) and item.document]
            begun = set[str]()  # a document, a round: each is written and told by itself
            for each in [item.id for item in mine]:
                item = await self._item(connection, each)
                if item.state is not ItemState.HELD:  # somebody clicked in this very moment
                    continue
                if await self._hidden(desk, connection, request, item):
                    continue
                round_id = await self._new_round(connection, item, request.actor, id, now)
                begun.add(round_id)
                moved = {"round_id": round_id, "requested_by": request.actor, "changed_at": now}
                if item.safe:
                    await items.save(connection, move_item(item, ItemState.QUEUED, reason="", told=False, **moved))
                    await items.wake(connection, item.id, now)
                else:
                    item = item.model_copy(update=moved)
                    await items.save(connection, item)
                    if not await approvals.pending_of_item(connection, item.id):
                        await approvals.ask(connection, asks_first(item, now, request.actor))
            if not begun:
                return "Nothing waits there."
            await audit.record(connection, now, request.actor, "work_through", request.document or "all", {})
            for round_id in sorted(begun):
                await settle(self._deps, connection, round_id)
            return "They are taken up, one after the other. What comes of them is posted."

        return await self._decided(desk, id, request, "work_through", act)

    async def propose_fix(self, desk: Desk, id: str, payload: Json) -> Outcome:
        """A fix that agents proposed becomes an item that waits for a click."""
        request = ProposeFix.model_validate(payload)

        async def act(connection: AsyncConnection, now: datetime) -> str:
            incident = await incidents.locked(connection, request.incident)
            self._may_click(desk, "propose_fix", request)
            may("propose_fix", desk.rights(request.actor), incident, await desk.incidents.members(incident.id))
            self._is_on()
            found = await fixes(connection, incident.id, request.investigation)
            if not found:
                raise Refused("These findings propose no fix.")
            made = [await wishes.fix(connection, incident, each, request.actor, now) for each in found]
            for item in made:
                await settle(self._deps, connection, item.round_id)
            return f"{', '.join(item.key for item in made)} waits for a click."

        return await self._decided(desk, id, request, "propose_fix", act)

    async def roll_back(self, desk: Desk, id: str, payload: Json) -> Outcome:
        """The change that takes another one back is prepared; it is judged, planned and asked about like any other."""
        request = RollBack.model_validate(payload)

        async def act(connection: AsyncConnection, now: datetime) -> str:
            change = await changes.get(connection, request.change)
            if change is None or not undone(change):
                raise Refused("There is nothing of it that could be taken back.")
            item = await self._item(connection, change.item_id)
            self._may_click(desk, "roll_back", request)
            await self._seen(desk, connection, request, item)
            self._is_on()
            number = await changes.next_number(connection, item.id)
            back = tuple(each.model_copy(update={"before": each.after, "after": each.before}) for each in change.edits)
            undo = Change(
                id=str(uuid5(NAMESPACE_URL, f"{item.id}.{number}")),
                item_id=item.id,
                number=number,
                stack=change.stack,
                edits=back,
                by="rollback",
                summary=f"Takes back: {change.summary or item.action}",
                rollback="The change is made again.",
                undoes=change.id,
                made_at=now,
            )
            begun = {"requested_by": request.actor, "changed_at": now}
            begun["round_id"] = await self._new_round(connection, item, request.actor, id, now)
            for state in _PATH_BACK.get(item.state, ()):
                item = move_item(item, state, **begun)
            if item.state is not ItemState.APPROVED:
                raise Refused(f"{item.key} is {item.state}, so nothing of it can be taken back now.")
            await changes.save(connection, undo)
            await items.save(connection, item)
            await items.wake(connection, item.id, now)
            await audit.record(connection, now, request.actor, "roll_back", item.key, of(change))
            return "What takes it back is prepared. It is asked about before anything happens."

        return await self._decided(desk, id, request, "roll_back", act)

    async def _put_away(self, connection: AsyncConnection, item: TrackedItem, why: str, now: datetime) -> None:
        """What waits for a click about it waits no more; what is being applied goes on to its end. Raises Refused."""
        change = await changes.newest(connection, item.id)
        if change is not None and change.state not in OVER:
            if change.state not in BEFORE_APPLY:
                raise Refused(f"{item.key} is being applied. Please wait until that is over.")
            await changes.save(connection, move_change(change, ChangeState.WITHDRAWN, problem=why))
        for asked in await approvals.pending_of_item(connection, item.id):
            await self._decide(connection, asked, move_approval(asked, ApprovalState.SUPERSEDED, reason=why))

    async def _given_back(
        self, connection: AsyncConnection, item: TrackedItem, request: TakeItem, now: datetime
    ) -> str:
        if item.state is ItemState.TAKEN and item.taken_by != request.actor:
            raise Refused(f"<@{item.taken_by}> has {item.key}.")
        to = ItemState.DONE if request.done else ItemState.HELD
        said = "" if request.done else f"<@{request.actor}> gave it back."
        await items.save(connection, move_item(item, to, reason=said, taken_by="", changed_at=now, told=True))
        await audit.record(connection, now, request.actor, "take_item", item.key, {"to": to.value})
        await settle(self._deps, connection, item.round_id)
        return f"{item.key} is {to}."

    async def _taken_up(
        self, desk: Desk, connection: AsyncConnection, item: TrackedItem, request: Prepare, id: str, now: datetime
    ) -> str:
        for state in _UP.get(item.state, ()):
            item = move_item(item, state, changed_at=now)
        if item.state is not ItemState.HELD:
            raise Refused(f"{item.key} is {item.state} already.")
        begun = {"reason": "", "told": False, "written": False, "requested_by": request.actor, "changed_at": now}
        begun["round_id"] = await self._new_round(connection, item, request.actor, id, now)
        if item.safe and item.set_kind is None:
            await items.save(connection, move_item(item, ItemState.QUEUED, **begun))
            await items.wake(connection, item.id, now)
            return f"{item.key} is taken up. What comes of it is posted."
        waiting = await approvals.pending_of_item(connection, item.id)
        asked = waiting[0] if waiting else await approvals.ask(connection, asks_first(item, now, request.actor))
        await items.save(connection, item.model_copy(update=begun))
        await settle(self._deps, connection, str(begun["round_id"]))
        return f"{item.key} waits for a click: {asked.key}."
