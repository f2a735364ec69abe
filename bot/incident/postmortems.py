"""The written record of an incident, from its first draft until all it asks for is done: one table, and its acts."""

from collections.abc import Collection
from datetime import datetime, timedelta

from bot.errors import Refused
from bot.incident.asking import refused, required
from bot.incident.lifecycle import WORKING
from bot.incident.model import HOLDFAST, Actor, Event, EventKind, Frozen, Incident, Moved, Review, State
from bot.incident.postmortem_state import PostmortemState
from bot.incident.schemes import level_of

_S = PostmortemState
#: From here on people can read it, or need not.
OUT = frozenset({_S.PUBLISHED, _S.IMPLEMENTING, _S.COMPLETE})
DONE_WITH = OUT | {_S.WAIVED}
#: It is being written.
OPEN = frozenset({_S.DRAFT, _S.IN_REVIEW})
#: At which shares of its time the lead is reminded.
REMINDERS = (0.5, 1.0)


class Step(Frozen):
    """A row of the table."""

    source: PostmortemState
    target: PostmortemState
    when: str


def _rows(*rows: tuple[PostmortemState, PostmortemState, str]) -> tuple[Step, ...]:
    return tuple(Step(source=source, target=target, when=when) for source, target, when in rows)


STEPS = _rows(
    (_S.DUE, _S.DRAFTING, "it is begun"),
    (_S.DRAFTING, _S.DRAFT, "what is recorded is written"),
    (_S.DRAFT, _S.IN_REVIEW, "somebody is asked to review it"),
    (_S.IN_REVIEW, _S.DRAFT, "changes are wanted"),
    (_S.DRAFT, _S.PUBLISHED, "nobody was asked to review it"),
    (_S.IN_REVIEW, _S.PUBLISHED, "everybody who was asked agrees"),
    (_S.PUBLISHED, _S.IMPLEMENTING, "work on an action item begins"),
    (_S.PUBLISHED, _S.COMPLETE, "no action item is open"),
    (_S.IMPLEMENTING, _S.COMPLETE, "no action item is open"),
    (_S.COMPLETE, _S.IMPLEMENTING, "an edit added one"),
    (_S.DUE, _S.WAIVED, "an approver says why"),
    (_S.DRAFT, _S.WAIVED, "an approver says why"),
    (_S.WAIVED, _S.DRAFTING, "somebody writes it after all"),
)
_TABLE = {(step.source, step.target) for step in STEPS}


def step(incident: Incident, to: PostmortemState, **also: object) -> Incident:
    """The incident with its post-mortem there. Raises Refused where the table has no such step."""
    at = incident.postmortem or _S.DUE
    if (at, to) not in _TABLE:
        raise Refused(f"The post-mortem of {incident.key} is {words(at)}, so it cannot become {words(to)}.")
    return incident.model_copy(update={"postmortem": to, **also})


def words(state: PostmortemState) -> str:
    """As people read it, after *is*."""
    return _WORDS.get(state, state.value)


_WORDS = {_S.DRAFTING: "being drafted", _S.DRAFT: "a draft", _S.IN_REVIEW: "in review", _S.IMPLEMENTING: "published"}


def diagram() -> str:
    """The table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", "    [*] --> due", *(f"    {s.source} --> {s.target}: {s.when}" for s in STEPS)]
    return "\n".join([*lines, f"    {_S.WAIVED} --> [*]", f"    {_S.COMPLETE} --> [*]"]) + "\n"


def required_for(incident: Incident) -> bool:
    """Whether its severity asks for one."""
    return level_of(incident).postmortem_required and not incident.test


def missing(incident: Incident) -> bool:
    """Whether it needs one that is neither published nor waived."""
    return required_for(incident) and incident.postmortem not in DONE_WITH


def within(incident: Incident) -> timedelta | None:
    """By when after it is resolved it is due; None where its severity asks for none."""
    return level_of(incident).postmortem_within if required_for(incident) else None


def begun_if_due(moved: Moved, at: datetime) -> Moved:
    """What was decided, and where that makes a post-mortem due, its beginning."""
    incident = moved.incident
    if incident.state is not State.RESOLVED or incident.postmortem is not None or not required_for(incident):
        return moved
    begun = begin(incident, HOLDFAST, at)
    return Moved(incident=begun.incident, events=(*moved.events, *begun.events))


def begin(incident: Incident, by: Actor, at: datetime) -> Moved:
    """A first draft, from what is recorded. Everything that is worked on or was can have one."""
    if incident.state not in (*WORKING, State.RESOLVED, State.CLOSED):
        raise Refused(f"{incident.key} is {incident.state}, so there is nothing to write about.")
    if incident.postmortem is not None and incident.postmortem is not _S.WAIVED:
        raise Refused(f"The post-mortem of {incident.key} is {words(incident.postmortem)} already.")
    span = within(incident)
    due = at + span if span and not incident.is_open else None
    begun = step(step(incident, _S.DRAFTING), _S.DRAFT, postmortem_due=due)
    return _told(begun, EventKind.POSTMORTEM_BEGUN, by, at)


def write(incident: Incident, part: str, by: Actor, at: datetime) -> Moved:
    """Somebody wrote a section; its words are kept beside the incident."""
    if incident.postmortem not in OPEN | OUT:
        raise Refused(_not_begun(incident))
    return _told(incident, EventKind.POSTMORTEM_WRITTEN, by, at, part=part)


def ask_review(incident: Incident, people: Collection[Actor], by: Actor, at: datetime) -> Moved:
    """These people are asked to read it before it is published."""
    if not people:
        raise refused(people="Choose who shall read it.")
    if incident.postmortem not in OPEN:
        raise Refused(_not_begun(incident) if incident.postmortem is None else _already(incident))
    _not_publishing(incident)
    kept = tuple(review for review in incident.reviews if review.person not in people)
    asked = incident.model_copy(update={"reviews": (*kept, *(Review(person=each) for each in dict.fromkeys(people)))})
    if asked.postmortem is _S.DRAFT:
        asked = step(asked, _S.IN_REVIEW)
    return _told(asked, EventKind.REVIEW_ASKED, by, at, people=",".join(dict.fromkeys(people)))


def review(incident: Incident, approve: bool, said: str, by: Actor, at: datetime) -> Moved:
    """Somebody who was asked agrees, or wants changes and says which."""
    if by not in {review.person for review in incident.reviews}:
        raise Refused(f"Nobody has asked you to review the post-mortem of {incident.key}.")
    if incident.postmortem not in OPEN:
        raise Refused(_already(incident))
    _not_publishing(incident)
    if not approve:
        required(words=(said, "Say what should change; the lead reads it."))
    reviews = tuple(
        each.model_copy(update={"approved": approve}) if each.person == by else each for each in incident.reviews
    )
    answered = incident.model_copy(update={"reviews": reviews})
    if not approve and answered.postmortem is _S.IN_REVIEW:
        answered = step(answered, _S.DRAFT)
    elif approve and answered.postmortem is _S.DRAFT and all(each.approved for each in reviews):
        answered = step(answered, _S.IN_REVIEW)
    data = {"answer": "agrees" if approve else "wants changes"}
    event = Event(kind=EventKind.REVIEWED, at=at, by=by, text=said.strip(), data=data)
    return Moved(incident=answered, events=(event,))


def may_publish(incident: Incident, *, approver: bool = False) -> str:
    """Why it cannot be published as it stands; empty where it can. An approver need not wait for those who were asked
    and say nothing."""
    if incident.postmortem is None or incident.postmortem is _S.WAIVED:
        return _not_begun(incident)
    if incident.postmortem in OUT:
        return _already(incident)
    if incident.publishing:
        return f"The post-mortem of {incident.key} is being published already."
    if incident.is_open:
        return f"{incident.key} is {incident.state}; resolve it first, then its post-mortem can be published."
    waiting = [f"<@{each.person}>" for each in incident.reviews if each.approved is None]
    if waiting and not approver:
        return f"It waits for the review of {', '.join(waiting)}. An approver may publish it without."
    wanted = [f"<@{each.person}>" for each in incident.reviews if each.approved is False]
    if wanted:
        return f"{', '.join(wanted)} wanted changes. Ask for the review again, then it can be published."
    return ""


def publish(incident: Incident, by: Actor, at: datetime, *, to_git: bool, approver: bool = False) -> Moved:
    """It is finished. Into git it goes by an effect; what is private, or has no repository, is readable in Slack."""
    if why := may_publish(incident, approver=approver):
        raise Refused(why)
    if incident.private or not to_git:
        return _told(step(incident, _S.PUBLISHED), EventKind.POSTMORTEM_PUBLISHED, by, at, where="slack")
    return _told(incident.model_copy(update={"publishing": by}), EventKind.POSTMORTEM_SENT, by, at)


def proposed(incident: Incident, number: int, url: str, at: datetime) -> Moved:
    """It stands in a pull request, and is published once that is merged."""
    places = incident.places.model_copy(update={"proposal": number})
    waits = incident.model_copy(update={"places": places})
    return _told(waits, EventKind.POSTMORTEM_PROPOSED, HOLDFAST, at, number=str(number), url=url)


def published(incident: Incident, name: str, url: str, at: datetime) -> Moved:
    """It is in the repository. Where it is there already, nothing happens."""
    if incident.postmortem in OUT:
        return Moved(incident=incident, events=())
    places = incident.places.model_copy(update={"document": name, "document_url": url or None, "proposal": None})
    out = step(incident, _S.PUBLISHED, places=places, publishing=None)
    by = incident.publishing or HOLDFAST
    return _told(out, EventKind.POSTMORTEM_PUBLISHED, by, at, document=name, **({"url": url} if url else {}))


def taken_back(incident: Incident, why: str, at: datetime) -> Moved:
    """It is not published after all: the repository or a person refused it. It can be sent again."""
    if not incident.publishing:
        return Moved(incident=incident, events=())
    places = incident.places.model_copy(update={"proposal": None})
    back = incident.model_copy(update={"publishing": None, "places": places})
    event = Event(kind=EventKind.POSTMORTEM_TAKEN_BACK, at=at, by=HOLDFAST, text=why)
    return Moved(incident=back, events=(event,))


def clashed(incident: Incident, part: str, ours: str, at: datetime) -> Moved:
    """A section was edited here and in git, in different words: git's stand, `ours` stay in the event, and people are
    asked."""
    event = Event(kind=EventKind.POSTMORTEM_CLASHED, at=at, by=HOLDFAST, text=ours, data={"part": part})
    return Moved(incident=incident, events=(event,))


def followed(incident: Incident, open_items: int) -> Incident:
    """As its document says: complete once no action item is open, and no longer when one is added."""
    if open_items and incident.postmortem is _S.COMPLETE:
        return step(incident, _S.IMPLEMENTING)
    if not open_items and incident.postmortem in (_S.PUBLISHED, _S.IMPLEMENTING):
        return step(incident, _S.COMPLETE)
    return incident


def waive(incident: Incident, reason: str, by: Actor, at: datetime) -> Moved:
    """It closes without a post-mortem. Only once it is resolved: until then nobody knows what there is to learn."""
    required(reason=(reason, "Say why nobody needs to write one; it stands on the timeline."))
    if incident.postmortem in DONE_WITH:
        raise Refused(_already(incident))
    _not_publishing(incident)
    if not missing(incident):
        raise Refused(f"{incident.key} needs no post-mortem, so there is none to waive.")
    if incident.state is not State.RESOLVED:
        raise Refused(f"{incident.key} is {incident.state}. Its post-mortem can be waived once it is resolved.")
    event = Event(kind=EventKind.POSTMORTEM_WAIVED, at=at, by=by, text=reason.strip())
    return Moved(incident=step(incident, _S.WAIVED, reviews=(), postmortem_due=None), events=(event,))


def _told(incident: Incident, kind: EventKind, by: Actor, at: datetime, **data: str) -> Moved:
    return Moved(incident=incident, events=(Event(kind=kind, at=at, by=by, data=data),))


def _not_begun(incident: Incident) -> str:
    return f"{incident.key} has no post-mortem yet. `/postmortem draft` begins one."


def _already(incident: Incident) -> str:
    state = incident.postmortem
    return f"The post-mortem of {incident.key} is {words(state)} already." if state else _not_begun(incident)


def _not_publishing(incident: Incident) -> None:
    if incident.publishing:
        raise Refused(f"The post-mortem of {incident.key} is being published.")
