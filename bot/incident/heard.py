"""What people do to an incident's issue on GitHub, and what that does to the incident."""

import hashlib
import json
import re
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from bot.errors import Refused
from bot.incident import acts, endings
from bot.incident.model import Actor, Event, EventKind, Frozen, Incident, Moved, State
from bot.incident.policy import Rank, Rights, may
from bot.incident.schemes import level_of, scheme
from bot.incident.text import normalise

#: Marks an event that came from GitHub, so that it is not told there again.
SOURCE = {"source": "github"}
NEEDS_HUMAN = "needs-human"
#: As much of a comment as the timeline keeps; the whole of it stays on GitHub.
COMMENT = 4_000
#: Without a webhook for so long, we look at GitHub ourselves, so often.
SILENT, EVERY = timedelta(minutes=5), timedelta(seconds=60)
#: How often we look even while webhooks come, for those that were lost.
SELDOM = timedelta(hours=1)
#: What GitHub calls those who belong to a repository.
COLLABORATORS = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


def is_collaborator(person: bool, association: str) -> bool:
    """Whether GitHub's word for what an author is to the repository makes them one; an app never is."""
    return person and association in COLLABORATORS


def is_time_to_look(told: datetime | None, looked: datetime | None, now: datetime) -> bool:
    """By when a webhook last told us, and when we last looked ourselves; None: never."""
    if looked is None or now - looked >= SELDOM:
        return True
    return (told is None or now - told >= SILENT) and now - looked >= EVERY


class Done(Frozen):
    """One entry of an issue's history. `kind` is closed, reopened, labeled or unlabeled.

    `person` is false for apps. `ours` is what our token did; `our_commit` means that a commit or pull request of ours
    closed it. `words` is what the same person wrote at that moment.
    """

    id: int
    kind: str
    login: str
    person: bool = True
    at: datetime
    label: str = ""
    ours: bool = False
    our_commit: str = ""
    words: str = ""


class History(Frozen):
    """An issue as it stands, and what was done to it since we last looked, oldest first.

    `association` is GitHub's word for what its author is to the repository; whoever else may close or label it is a
    collaborator, or GitHub would not have let them.
    """

    is_open: bool
    labels: tuple[str, ...]
    author: str = ""
    association: str = "NONE"
    done: tuple[Done, ...] = ()
    last: int = 0

    @property
    def stand(self) -> str:
        """How it stands, as a short word."""
        return stand(self.is_open, self.labels)

    def by_collaborator(self, done: Done) -> bool:
        """Whether somebody did it who belongs to the repository."""
        return done.login != self.author or self.association in COLLABORATORS

    @property
    def standing(self) -> tuple[Done, ...]:
        """What still holds: of closing and reopening the last, of each label what it has or lacks now."""
        kinds = ("reopened",) if self.is_open else ("closed",)
        state = [each for each in self.done if each.kind in ("closed", "reopened")][-1:]
        labels = {each.label.casefold(): each for each in self.done if each.kind in ("labeled", "unlabeled")}
        has = {label.casefold() for label in self.labels}
        holds = [each for name, each in labels.items() if (name in has) == (each.kind == "labeled")]
        found = [*(each for each in state if each.kind in kinds), *holds]
        return tuple(sorted((each for each in found if each.our_commit or not each.ours), key=lambda each: each.id))


def stand(is_open: bool, labels: Collection[str]) -> str:
    """A short word for how an issue stands, to tell whether it has changed."""
    return hashlib.sha256(json.dumps([is_open, sorted(labels)]).encode()).hexdigest()[:12]


def commented(incident: Incident, text: str, url: str, by: Actor, at: datetime) -> Moved:
    """Somebody wrote on the issue; what GitHub does not show is left out. Raises Refused where nothing is left."""
    said = normalise(_HIDDEN.sub("", text[: 4 * COMMENT]))
    if not said:
        raise Refused("The comment has no words.")
    kept = said if len(said) <= COMMENT else f"{said[:COMMENT].rstrip()}… (cut, the whole text is on GitHub)"
    return noted(incident, kept, by, at, "comment", url=url)


def noted(incident: Incident, text: str, by: Actor, at: datetime, what: str, **data: str) -> Moved:
    """An entry of the timeline about something on GitHub. `what` says which: comment, closed, kept, …"""
    event = Event(kind=EventKind.NOTED, at=at, by=by, text=text, data={**SOURCE, "what": what, **data})
    return Moved(incident=incident, events=(event,))


def hear(incident: Incident, done: Done, rights: Rights, now: datetime) -> Moved | None:
    """What it does to the incident; None where it does nothing. `rights` are those of whoever did it."""
    if incident.private:
        return None
    rules: dict[str, Callable[[Incident, Done, Rights, datetime], Moved | None]] = {
        "closed": _closed,
        "reopened": _reopened,
        "labeled": _labeled,
        "unlabeled": _unlabeled,
    }
    try:
        moved = rules[done.kind](incident, done, rights, now)
    except Refused:
        return None
    if moved is None:
        return None
    sourced = tuple(event.model_copy(update={"data": {**event.data, **SOURCE}}) for event in moved.events)
    return Moved(incident=moved.incident, events=sourced)


def keep_open(incident: Incident, by: Actor, at: datetime) -> Moved:
    """Somebody answers that it is not over, though its issue was closed."""
    if not incident.is_open:
        raise Refused(f"{incident.key} is {incident.state} by now; it can be reopened with a reason.")
    if incident.places.closed_by is None:
        raise Refused(f"The issue of {incident.key} is open again already.")
    return noted(_answered(incident), "The incident stays open, so its issue is opened again.", by, at, "kept")


def _closed(incident: Incident, done: Done, rights: Rights, now: datetime) -> Moved | None:
    if not incident.is_open:
        return None
    if done.our_commit:
        text = "The issue was closed by a commit of ours. The incident stays open, so the issue is opened again."
        return noted(incident, text, rights.actor, now, "ours", commit=done.our_commit)
    trusted = done.person and rights.rank >= Rank.TRUSTED
    if incident.state is State.QUEUED:
        if rights.actor == incident.reporter:
            return acts.decline(incident, "The report was taken back: its author closed the issue.", rights.actor, now)
        return acts.decline(incident, "The issue was closed on GitHub.", rights.actor, now) if trusted else None
    if trusted and level_of(incident).rank > 2:
        began = incident.milestones.started
        ended = done.at if done.at <= now and (began is None or done.at >= began) else None
        return endings.resolve(incident, "The issue was closed on GitHub.", rights.actor, now, ended=ended)
    places = incident.places.model_copy(update={"closed_by": rights.actor})
    asked = incident.model_copy(update={"places": places})
    return noted(asked, "The issue was closed on GitHub; the incident is still open.", rights.actor, now, "closed")


def _reopened(incident: Incident, done: Done, rights: Rights, now: datetime) -> Moved | None:
    if incident.is_open:
        return Moved(incident=_answered(incident), events=()) if incident.places.closed_by else None
    if incident.state is State.MERGED:
        return None
    try:
        may("reopen", rights if done.person else Rights(actor=rights.actor, rank=Rank.GUEST), incident)
    except Refused:
        return noted(incident, "The issue was reopened on GitHub.", rights.actor, now, "reopened")
    return endings.reopen(incident, done.words or "The issue was reopened on GitHub.", rights.actor, now)


def _labeled(incident: Incident, done: Done, rights: Rights, now: datetime) -> Moved | None:
    if not done.person or rights.rank < Rank.MEMBER:
        return None
    label = done.label.casefold()
    if label == NEEDS_HUMAN and not incident.needs_human and incident.state is not State.QUEUED:
        return _needs_human(incident, True, rights, now)
    wanted = next((level for level in scheme(incident.scheme).levels if level.label == label), None)
    if wanted is None or wanted == level_of(incident):
        return None
    return acts.change_severity(incident, wanted.id, f"Labelled {label} on GitHub.", rights.actor, now)


def _unlabeled(incident: Incident, done: Done, rights: Rights, now: datetime) -> Moved | None:
    if done.label.casefold() != NEEDS_HUMAN or not incident.needs_human or rights.rank < Rank.MEMBER:
        return None
    return _needs_human(incident, False, rights, now)


def _needs_human(incident: Incident, needed: bool, rights: Rights, now: datetime) -> Moved:
    text = "A person is needed, says the label on GitHub." if needed else "The label that asks for a person is gone."
    changed = incident.model_copy(update={"needs_human": needed})
    return noted(changed, text, rights.actor, now, "label")


def _answered(incident: Incident) -> Incident:
    return incident.model_copy(update={"places": incident.places.model_copy(update={"closed_by": None})})
