"""What every story shares: who asks, whether they may, and the transaction that it runs in."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import Refused
from bot.incident.asking import About
from bot.incident.model import Actor, Incident, Moved
from bot.incident.policy import Rank, Rights, may
from bot.ports import Outcome, People
from bot.settings import File
from bot.storage.incidents import IncidentStore
from bot.workflows.transition import Change, Transitions

T = TypeVar("T")


@dataclass(frozen=True)
class Desk:
    """What a story works with."""

    transitions: Transitions
    people: People
    file: File
    incidents: IncidentStore

    def rights(self, actor: Actor) -> Rights:
        """What this person may do, as of now."""
        return self.file.slack.circle.rights(actor, self.people.get(actor).guest)

    def a_member(self, person: Actor, field: str, sentence: str) -> None:
        """Raises Refused with the sentence at that field for a guest, an app, or somebody unknown."""
        if self.people.get(person).bot or self.rights(person).rank < Rank.MEMBER:
            raise Refused(sentence, {field: sentence})

    def permit(self, story: str, request: About, incident: Incident, members: Collection[Actor] = ()) -> None:
        """Raises NotFound or Refused where this person may not; `members` of an incident's room may see it everywhere,
        and whoever acts in it is one."""
        may(story, self.rights(request.actor), incident, with_actor(request, incident, members))

    async def change(
        self,
        id: str,
        story: str,
        request: About,
        decide: Callable[[Incident, datetime], Moved],
        say: Callable[[Incident], str],
    ) -> Outcome:
        """Run `decide` on the incident if the person may; `say` is the sentence for them once it is saved."""
        members = await self.incidents.members(request.incident)

        def permitted(incident: Incident, now: datetime) -> Moved:
            self.permit(story, request, incident, members)
            return decide(incident, now)

        return await self.transitions.apply(Change(id, request.actor, story), request.incident, permitted, say)

    async def change_with(
        self,
        id: str,
        story: str,
        request: About,
        fetch: Callable[[AsyncConnection], Awaitable[T]],
        decide: Callable[[Incident, T, datetime], Moved],
        say: Callable[[Incident], str],
    ) -> Outcome:
        """As `change`, where the decision needs what `fetch` reads or draws in the same transaction."""

        members = await self.incidents.members(request.incident)

        def permitted(incident: Incident, fetched: T, now: datetime) -> Moved:
            self.permit(story, request, incident, members)
            return decide(incident, fetched, now)

        change = Change(id, request.actor, story)
        return await self.transitions.apply_with(change, request.incident, fetch, permitted, say)


def with_actor(request: About, incident: Incident, members: Collection[Actor]) -> set[Actor]:
    """The members of an incident's room; whoever acts in it is one."""
    here = {request.actor} if request.channel and request.channel == incident.places.room else set()
    return {*members, *here}
