"""Who does what while an incident lasts: the roles, and how they are taken and left."""

from collections.abc import Sequence
from datetime import datetime

from bot.errors import Refused
from bot.incident.asking import refused
from bot.incident.lifecycle import WORKING
from bot.incident.model import Actor, Event, EventKind, Frozen, Incident, Moved, State


class Role(Frozen):
    """A part somebody plays in an incident, and what is expected of them: a row of `roles:`."""

    id: str
    name: str
    also: tuple[str, ...] = ()
    duties: tuple[str, ...] = ()

    def called(self, word: str) -> bool:
        """Whether that is one of its names; lower case."""
        return word in {name.casefold() for name in (self.id, self.name, *self.also)}


#: The person in charge; who it is stands in `Incident.lead`, everybody else's part in `Incident.roles`.
LEAD = Role(
    id="commander",
    name="Lead (incident commander)",
    also=("lead", "incident commander"),
    duties=(
        "Decide what is done next, and by whom.",
        "Give an update before the next one is due.",
        "Resolve the incident when it works again.",
    ),
)
#: What ships; `roles:` in the configuration replaces all but the lead. Parts and duties as in seed 004.
SHIPPED: tuple[Role, ...] = (
    Role(
        id="technical",
        name="Technical lead",
        also=("tech", "tech lead"),
        duties=("Find the cause.", "Propose what to do, and say what it risks.", "Tell the lead what you need."),
    ),
    Role(
        id="communications",
        name="Communications lead",
        also=("comms", "communication"),
        duties=("Write the updates, so that the lead need not.", "Answer those who ask.", "Keep it short and true."),
    ),
    Role(
        id="scribe",
        name="Scribe",
        duties=("Write down what happened and when.", "Note who decided what, and why."),
    ),
    Role(
        id="liaison",
        name="Business liaison",
        duties=("Say whom it hurts, and how much.", "Bring their questions here, and our answers to them."),
    ),
    Role(id="expert", name="Subject expert", duties=("Say what you know about the part that is broken.",)),
)


def find_role(roles: Sequence[Role], wanted: str) -> Role:
    """The role meant: by a name of it, or by the beginning of one. Raises Refused, naming the field `role`."""
    word, every = " ".join(wanted.casefold().split()), (LEAD, *roles)
    exact = [role for role in every if role.called(word)]
    begun = [role for role in every if word and (role.id.startswith(word) or role.name.casefold().startswith(word))]
    found = exact or begun
    if len(found) != 1:
        known = ", ".join(role.id for role in every)
        raise refused(role=f"“{wanted.strip()[:40]}” is not a role here. Roles: {known}.")
    return found[0]


def take_role(incident: Incident, role: Role, person: Actor, by: Actor, at: datetime) -> Moved:
    """`person` plays that part from now on, beside whoever plays it already."""
    _at_work(incident)
    holders = incident.roles.get(role.id, ())
    if person in holders:
        raise Refused(f"{'You are' if person == by else f'<@{person}> is'} already there as {role.name.lower()}.")
    return _changed(incident, role, (*holders, person), EventKind.ROLE_TAKEN, person, by, at)


def leave_role(incident: Incident, role: Role, person: Actor, by: Actor, at: datetime) -> Moved:
    """`person` no longer plays that part."""
    holders = incident.roles.get(role.id, ())
    if person not in holders:
        raise Refused(f"{'You are' if person == by else f'<@{person}> is'} not there as {role.name.lower()}.")
    left = tuple(holder for holder in holders if holder != person)
    return _changed(incident, role, left, EventKind.ROLE_LEFT, person, by, at)


def people(incident: Incident) -> tuple[Actor, ...]:
    """Everybody with a part in it, each once: the lead first, the reporters last."""
    playing = [person for holders in incident.roles.values() for person in holders]
    lead = [incident.lead] if incident.lead else []
    return tuple(dict.fromkeys((*lead, *playing, *incident.reporters)))


def _at_work(incident: Incident) -> None:
    if incident.state not in (*WORKING, State.RESOLVED):
        raise Refused(f"{incident.key} is {incident.state}, so nobody needs a part in it now.")


def _changed(
    incident: Incident, role: Role, holders: tuple[Actor, ...], kind: EventKind, person: Actor, by: Actor, at: datetime
) -> Moved:
    kept = {id: playing for id, playing in incident.roles.items() if id != role.id}
    roles = kept | ({role.id: holders} if holders else {})
    event = Event(kind=kind, at=at, by=by, data={"role": role.id, "role_name": role.name, "person": person})
    return Moved(incident=incident.model_copy(update={"roles": roles}), events=(event,))
