"""Who may do what, and who may see what. Unknown means no."""

from collections.abc import Collection
from enum import IntEnum

from bot.errors import NotFound, Refused
from bot.incident.model import HOLDFAST, Actor, Frozen, Incident, State

#: The same words whether it does not exist or may not be seen, so that nobody can tell the two apart.
UNSEEN = "There is no such incident, or you may not see it."


class NotAllowed(Refused):
    """This person may not; how the incident stands has nothing to do with it."""

    rule = "rank"


class Rank(IntEnum):
    """How far somebody is trusted; each may do all that those below may."""

    GUEST = 0
    MEMBER = 1
    TRUSTED = 2
    APPROVER = 3
    OWNER = 4


class Rights(Frozen):
    """One person, as far as the rules know them."""

    actor: Actor
    rank: Rank


class Circle(Frozen):
    """Who is who, from the configuration. `trusted` empty means every full member, never a guest."""

    owner: Actor | None = None
    approvers: frozenset[Actor] = frozenset()
    trusted: frozenset[Actor] = frozenset()

    def rights(self, actor: Actor, guest: bool) -> Rights:
        """`guest` is what Slack says of the account; a listed owner or approver is believed to be one."""
        return Rights(actor=actor, rank=self._rank(actor, guest))

    def _rank(self, actor: Actor, guest: bool) -> Rank:
        if actor in (self.owner, HOLDFAST):
            return Rank.OWNER
        if actor in self.approvers:
            return Rank.APPROVER
        if guest:
            return Rank.GUEST
        return Rank.TRUSTED if not self.trusted or actor in self.trusted else Rank.MEMBER


#: What is done to an incident, by its verb or workflow, and which rank may.
NEEDS: dict[str, Rank] = {
    "update": Rank.MEMBER,
    "severity": Rank.MEMBER,
    "status": Rank.MEMBER,
    "lead": Rank.MEMBER,
    "resolve": Rank.MEMBER,
    "close": Rank.MEMBER,
    "reopen": Rank.MEMBER,
    "confirm": Rank.MEMBER,
    "role": Rank.MEMBER,
    "handover": Rank.MEMBER,
    "offer": Rank.MEMBER,
    "call": Rank.MEMBER,
    "escalate": Rank.MEMBER,
    "ack": Rank.MEMBER,
    "impact": Rank.MEMBER,
    "link": Rank.MEMBER,
    "merge": Rank.MEMBER,
    "private": Rank.MEMBER,
    "note": Rank.MEMBER,
    "timeline": Rank.MEMBER,
    "action_item": Rank.MEMBER,
    "pin": Rank.MEMBER,
    # Taking back and following what Slack says publish nothing, so everybody's word counts.
    "unpin": Rank.GUEST,
    "follow": Rank.GUEST,
    "accept": Rank.TRUSTED,
    "decline": Rank.TRUSTED,
    "trust": Rank.APPROVER,
    "waive": Rank.APPROVER,
    "keep_open": Rank.MEMBER,
    "postmortem": Rank.MEMBER,
    "write": Rank.MEMBER,
    "ask_review": Rank.MEMBER,
    "answer_review": Rank.MEMBER,
    "publish": Rank.MEMBER,
    # Agents cost money and see what is open to few; that they stop is in everybody's hands.
    "investigate": Rank.TRUSTED,
    "stop_investigation": Rank.MEMBER,
    "wrong": Rank.MEMBER,
    "did_this": Rank.MEMBER,
    "halt": Rank.APPROVER,
    "release": Rank.APPROVER,
    # Who may allow which change is judged by its class as well (`bot.change.deciding`).
    "approve": Rank.APPROVER,
    "reject": Rank.APPROVER,
    "not_now": Rank.APPROVER,
    "take_item": Rank.MEMBER,
    "set_type": Rank.APPROVER,
    "prepare": Rank.TRUSTED,
    "roll_back": Rank.TRUSTED,
    "work_through": Rank.TRUSTED,
    "propose_fix": Rank.TRUSTED,
}
#: What no rank decides. A report is anybody's; whether it starts work is asked in `trusted_reporter`. Whoever may not
#: see what they read finds nothing. What services say is proven by signature or token before it comes here.
UNRANKED = frozenset(
    {
        *("new", "declare", "test", "list", "show", "catchup", "help", "home", "spoken", "membership", "catch_up"),
        *("alert", "github_issue", "github_comment", "github_touched", "github_heard", "repository_pushed"),
    }
)
_WHO = {
    Rank.MEMBER: "Guests cannot do this; ask a member of the workspace.",
    Rank.TRUSTED: "Only people who are trusted with incidents can do this; ask one of them.",
    Rank.APPROVER: "Only an approver can do this; ask one of them.",
    Rank.OWNER: "Only the owner can do this.",
}


def trusted_reporter(rights: Rights) -> bool:
    """Whether a report of theirs starts work by itself, rather than wait for somebody to accept it."""
    return rights.rank >= Rank.TRUSTED


def may_see(incident: Incident, rights: Rights, members: Collection[Actor] = ()) -> bool:
    """A private incident is seen by its members, approvers and the owner; `members` are the people of its room."""
    playing = (person for holders in incident.roles.values() for person in holders)
    asked = incident.handover.to if incident.handover else None
    involved = {asked, incident.lead, *incident.reporters, *playing, *members}
    return not incident.private or rights.rank >= Rank.APPROVER or rights.actor in involved


def may(verb: str, rights: Rights, incident: Incident | None = None, members: Collection[Actor] = ()) -> None:
    """Raises NotFound where they may not even see it, and Refused, with who may, where they may not do it.

    Reporters may always say whether it works; a report that somebody declined comes back by those who could have
    accepted it.
    """
    if incident and not may_see(incident, rights, members):
        raise NotFound(UNSEEN)
    if verb not in NEEDS:
        raise NotAllowed(f"Nobody is allowed to {verb[:40]}.")
    needed = NEEDS[verb]
    if incident and verb in ("reopen", "confirm"):
        by_somebody = incident.state is State.DECLINED and not incident.found_healthy
        if by_somebody and rights.rank < Rank.TRUSTED:
            raise NotAllowed(
                "This report was declined; somebody trusted with incidents can reopen it. Please ask them."
            )
        needed = Rank.GUEST if rights.actor in incident.reporters else needed
    if rights.rank < needed:
        raise NotAllowed(_WHO[needed])
