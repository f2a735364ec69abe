"""What every click on an item or an approval shares: who clicks, whether they may, and the rows, held meanwhile."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change.deciding import may_decide
from bot.change.model import Approval, Change, ChangeState, Round, TrackedItem
from bot.deps import WorkflowDeps
from bot.errors import NotFound, Refused
from bot.incident.asking import Request
from bot.incident.model import Actor
from bot.incident.policy import NotAllowed, may, may_see
from bot.ports import Outcome
from bot.storage import approvals, audit, changes, homes, incidents, items, rounds
from bot.workflows.changes.critical import critical
from bot.workflows.changes.hand import of
from bot.workflows.story import Desk
from bot.workflows.transition import Change as Submission

#: What is decided while the rows are held.
Act = Callable[[AsyncConnection, datetime], Awaitable[str]]
UNSEEN = "There is no such action item, or you may not see it."
#: Until then a change can be put away.
BEFORE_APPLY = (
    *(ChangeState.PROPOSED, ChangeState.GATED, ChangeState.PLANNED),
    *(ChangeState.AWAITING, ChangeState.CLEARED),
)


class Clicked:
    """One story's ways to judge a click; `deps` tells what is set up."""

    def __init__(self, deps: WorkflowDeps) -> None:
        self._deps = deps

    async def _decided(self, desk: Desk, id: str, request: Request, act: str, do: Act) -> Outcome:
        async def write(connection: AsyncConnection, now: datetime) -> Outcome:
            said = await do(connection, now)
            await homes.all_changed(connection, now)
            return Outcome(ok=True, text=said)

        return await desk.transitions.record(Submission(id, request.actor, act), write)

    async def _asked(self, connection: AsyncConnection, id: str) -> tuple[Approval, TrackedItem, Change | None]:
        """The approval with what it is about, held until the transaction ends. Raises NotFound."""
        known = await approvals.get(connection, id)
        if known is None:
            raise NotFound(UNSEEN)
        item = await self._item(connection, known.item_id)
        asked = await approvals.get(connection, id, lock=True)
        assert asked is not None, "an approval is never deleted"
        change = await changes.get(connection, asked.change_id, lock=True) if asked.change_id else None
        return asked, item, change

    async def _item(self, connection: AsyncConnection, id: str) -> TrackedItem:
        item = await items.get(connection, id, lock=True)
        if item is None:
            raise NotFound(UNSEEN)
        return item

    def _may_click(self, desk: Desk, act: str, request: Request) -> None:
        """Raises NotAllowed. Guests, closed accounts and those of other workspaces may nothing."""
        person = desk.people.get(request.actor)
        if person.bot or person.guest:
            raise NotAllowed("Guests cannot do this; ask a member of the workspace.")
        may(act, desk.rights(request.actor))

    async def _may(
        self,
        desk: Desk,
        connection: AsyncConnection,
        act: str,
        request: Request,
        asked: Approval,
        item: TrackedItem,
        change: Change | None,
        now: datetime,
    ) -> None:
        """Whether this person may decide exactly this, as of now. Raises NotFound, NotAllowed or Refused."""
        await self._seen(desk, connection, request, item)
        person = desk.people.get(request.actor)
        if person.bot or person.guest:
            raise NotAllowed("Guests cannot do this; ask a member of the workspace.")
        newest = await changes.newest(connection, item.id)
        if change is not None and (newest is None or newest.id != change.id):
            raise Refused(f"{asked.key} is about a change that another one has taken the place of.")
        self._is_on()
        may_decide(
            asked,
            item,
            change,
            desk.rights(request.actor),
            desk.file.slack.circle,
            desk.file.policy,
            now,
            critical=await critical(connection, item),
            saying_no=act == "reject",
        )

    def _is_on(self) -> None:
        if self._deps.file.remediation == "off":
            raise Refused("Changes are switched off in holdfast.yml (remediation: off).")

    async def _seen(self, desk: Desk, connection: AsyncConnection, request: Request, item: TrackedItem) -> None:
        if await self._hidden(desk, connection, request, item):
            raise NotFound(UNSEEN)

    async def _hidden(self, desk: Desk, connection: AsyncConnection, request: Request, item: TrackedItem) -> bool:
        """Whether it is about an incident that this person may not see."""
        if not item.incident_id:
            return False
        incident = await incidents.get(connection, item.incident_id)
        members = await desk.incidents.members(item.incident_id)
        return incident is not None and not may_see(incident, desk.rights(request.actor), members)

    async def _decide(self, connection: AsyncConnection, was: Approval, now: Approval) -> None:
        """By compare-and-set. Raises Refused where somebody was quicker."""
        if not await approvals.decide(connection, was, now):
            raise Refused(f"{was.key} was decided a moment ago by somebody else.")

    async def _record(
        self,
        connection: AsyncConnection,
        now: datetime,
        request: Request,
        act: str,
        asked: Approval,
        change: Change | None,
    ) -> None:
        details = {"approval": asked.id, "ask": asked.ask.value} | (of(change) if change else {})
        await audit.record(connection, now, request.actor, act, asked.key, details)

    async def _new_round(
        self, connection: AsyncConnection, item: TrackedItem, by: Actor, id: str, now: datetime
    ) -> str:
        round_id = str(uuid5(NAMESPACE_URL, f"round:{id}:{item.document}"))
        one = Round(id=round_id, document=item.document, incident_id=item.incident_id, by=by, began_at=now)
        if await rounds.get(connection, round_id) is None:
            await rounds.begin(connection, one)
        await rounds.want_shown(connection, item.round_id)
        return round_id
