"""What handlers and workflows ask for, and the answers they hand back: small types that every layer above may speak."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

from bot.change.model import Edit, Standing, TrackedItem
from bot.errors import NotFound, Permanent
from bot.evidence.model import Evidence
from bot.evidence.report import EvidenceReport
from bot.incident.entries import Entry
from bot.incident.model import Actor, Frozen, Incident, Place
from bot.incident.search import Found, Page, Query
from bot.investigation.model import Findings, Investigation, Step
from bot.investigation.standing import Looked
from bot.postmortem.card import Card
from bot.postmortem.document.model import Written
from bot.postmortem.model import Reading
from bot.postmortem.passages import Hit


class Outcome(Frozen):
    """What became of a submission, for the person who made it.

    `text` is one sentence. `fields` holds a sentence per form field at fault (the refusal is then about the form).
    `pending` means that it is stored and not yet decided: it must not be repeated, and a refusal is told later.
    `notice` is a sentence about what they sent that they should read, whatever became of it.
    """

    ok: bool
    text: str
    fields: dict[str, str] = {}
    incident_id: str = ""
    pending: bool = False
    notice: str = ""


class Person(Frozen):
    """Somebody in the Slack workspace. `timezone` is an IANA name; `guest` is a restricted or closed account."""

    id: Actor
    name: str
    timezone: str = "UTC"
    guest: bool = False
    bot: bool = False

    @staticmethod
    def of(user: Mapping[str, Any]) -> "Person":
        """From Slack's user object, as it stands in `users.list` and in events about people.

        A closed account counts as a guest's, so that it may do nothing more.
        """
        profile = user.get("profile") or {}
        names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
        return Person(
            id=user["id"],
            name=next((name for name in names if name), user["id"]),
            timezone=user.get("tz") or "UTC",
            guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted") or user.get("deleted")),
            bot=bool(user.get("is_bot")),
        )


class People(Protocol):
    """Who is who, from memory: never a call to Slack."""

    def get(self, actor: Actor) -> Person:
        """The person; one who is not known yet has the id as name, UTC, and counts as a guest."""
        ...

    def refresh(self, person: Person) -> None:
        """Remember what Slack has just told us about somebody."""
        ...


class Incidents(Protocol):
    """Reading incidents. Everything leaves out what `viewer` may not see; `viewer` HOLDFAST sees all.

    `place` is the channel in which the viewer acts: whoever acts in a private room is in it, and sees its incident.
    """

    async def by_id(self, incident_id: str, viewer: Actor, place: str = "") -> Incident:
        """Raises NotFound."""
        ...

    async def by_ref(self, ref: str, viewer: Actor, place: str = "") -> Incident:
        """By `12`, `inc-12`, `INC-12`, or the room's name. Raises NotFound."""
        ...

    async def in_room(self, channel: str, viewer: Actor, place: str = "") -> Incident | None:
        """The incident whose room this channel is."""
        ...

    async def troubles(self, incident_id: str) -> Sequence[str]:
        """What could not be done outside yet, a sentence each; for those who may see the incident."""
        ...

    async def looked(self, incident_id: str) -> Looked:
        """What agents did about it, and what that has cost; for those who may see the incident."""
        ...

    async def listed(
        self, viewer: Actor, *, open_only: bool = False, service: str | None = None, limit: int = 5
    ) -> Sequence[Incident]:
        """The newest first."""
        ...

    async def found(self, viewer: Actor, query: Query, page: Page = ..., limit: int = ...) -> Found:
        """One page of what fits, the newest first."""
        ...

    async def entries(self, incident_id: str) -> Sequence[Entry]:
        """The timeline as people read it, by time; hidden entries too. Whoever asks has seen the incident."""
        ...

    async def in_thread(self, place: Place, viewer: Actor) -> Incident | None:
        """The incident in the thread of whose announcement something was said; `place.ts` is the thread's."""
        ...

    async def announced_in(self, channel: str) -> bool:
        """Whether incidents are announced in this channel."""
        ...

    async def has_marked(self, incident_id: str, place: Place) -> bool:
        """Whether this message was ever put on the incident's timeline, or taken off it."""
        ...


class Documents(Protocol):
    """Reading the post-mortems in the repository, as last read; everybody in the workspace may."""

    async def cards(self) -> Sequence[Card]:
        """All of them, the newest first."""
        ...

    async def text(self, name: str) -> str | None:
        """One of them by its file name; None where there is no such document."""
        ...

    async def readings(self) -> Sequence[Reading]:
        """The action items of all of them, the newest document first."""
        ...

    async def search(self, words: str) -> Sequence[Hit]:
        """The best passages, the best first."""
        ...

    async def written(self, incident_id: str) -> Written:
        """What people wrote of its post-mortem in Slack and is not in git yet; whoever asks has seen the incident."""
        ...


class Case(Frozen):
    """What agents are given to look into. `timeline` are sentences with their times, oldest first; `corrections` say
    why earlier findings were wrong, in people's words. All of it but ids is untrusted text.
    """

    investigation: Investigation
    incident: Incident
    evidence: Evidence
    report: EvidenceReport
    timeline: tuple[str, ...] = ()
    corrections: tuple[str, ...] = ()


class ItemCase(Frozen):
    """What an agent is given to prepare a change. All words of the item are untrusted text.

    `run` names the work; called again with the same, it goes on where it was. `base` is the commit to change, `stack`
    the folder it is about where that is known (else empty), `stacks` all that there are and may be changed. `wants` is
    `terraform` or `document`. `documents` are folders in which a document may be made.
    """

    run: str
    issue: str
    item: TrackedItem
    base: str
    stack: str = ""
    stacks: tuple[str, ...] = ()
    wants: str = "terraform"
    documents: tuple[str, ...] = ()
    incident: str = ""
    by: Actor = ""


class Prepared(Frozen):
    """A change that was prepared, not judged yet. `edits` is empty where there is none; `problem` says why, for people.

    `stack` is the one folder that all edits are in. `cost` is what it took, in micro-dollars.
    """

    stack: str = ""
    edits: tuple[Edit, ...] = ()
    summary: str = ""
    rollback: str = ""
    confidence: float = 0.0
    problem: str = ""
    cost: int = 0


class Changes(Protocol):
    """Reading what is to be done and what waits for a click, with secrets masked. Everything leaves out what belongs to
    an incident that `viewer` may not see.
    """

    async def waiting(self, viewer: Actor) -> Sequence[Standing]:
        """Everything that waits for a click, the oldest first."""
        ...

    async def by_ref(self, ref: str, viewer: Actor) -> Standing:
        """By an id, `A-57`, `T-31`, `57` or `31` (an approval's number first). Raises NotFound."""
        ...

    async def of_document(self, document: str, viewer: Actor) -> Sequence[Standing]:
        """What stands in this document, by line."""
        ...


class NoChanges:
    """Nothing is ever changed: there is no repository."""

    async def waiting(self, viewer: Actor) -> Sequence[Standing]:
        return ()

    async def by_ref(self, ref: str, viewer: Actor) -> Standing:
        raise NotFound("There is no such action item or approval, or you may not see it.")

    async def of_document(self, document: str, viewer: Actor) -> Sequence[Standing]:
        return ()


#: Tells people how far it is.
Note = Callable[[Step], Awaitable[None]]
#: Why the work has to stop now, in a sentence; empty where it may go on. Asked before every call and every tool.
Halted = Callable[[], Awaitable[str]]


class Agents(Protocol):
    """Those who look and propose. They neither post nor change anything."""

    def absent(self) -> str:
        """Why no agent can look, whatever the case; empty where they can."""
        ...

    async def look(self, case: Case, note: Note, halted: Halted) -> Findings:
        """What they found, checked against the evidence. Called again after a crash, it goes on where it was.

        Raises Permanent or Refused, with a sentence for people, where nothing came of it. Temporary: it is not over,
        and can be called again.
        """
        ...

    async def prepare(self, case: ItemCase, note: Note, halted: Halted) -> Prepared:
        """A change that does what an item asks for. Errors as those of `look`."""
        ...


class NoAgents:
    """Nobody looks: there is no key for models."""

    def absent(self) -> str:
        return "No model is set up."

    async def look(self, case: Case, note: Note, halted: Halted) -> Findings:
        raise Permanent(self.absent())

    async def prepare(self, case: ItemCase, note: Note, halted: Halted) -> Prepared:
        raise Permanent(self.absent())
