"""How an incident comes to be seen: announced, then given its card, its place to work in, and its issue."""

from bot.incident.roles import people
from bot.incident.schemes import level_of
from bot.incident.wanted import (
    ALERTS,
    ALERTS_THREAD,
    ROOM,
    EffectKind,
    Happened,
    Landmark,
    Wanted,
    has_room,
    invite,
    labels_follow,
    post,
)


def announced(it: Happened) -> list[Wanted]:
    """In the alerts channel; a private report that waits goes to the owner instead, or nobody would hear of it."""
    if not it.incident.private:
        return [post("announcement", ALERTS, provides=Landmark.ANNOUNCEMENT)]
    return [post("card", f"dm:{it.owner}")] if it.owner and it.queued else []


def opened(it: Happened) -> list[Wanted]:
    """Where it is worked on: room or thread, the card, and the issue."""
    if has_room(it.incident):
        place = room(it)
    else:
        card = post("card", ALERTS_THREAD, provides=Landmark.CARD, needs=Landmark.ANNOUNCEMENT)
        place = [card, *_screenshots(it, ALERTS_THREAD)]
    if it.incident.places.issue_number is not None:  # filed by somebody else: it gets our labels
        return [*place, *labels_follow(it.incident)]
    issue = Wanted(kind=EffectKind.ISSUE, provides=Landmark.ISSUE, line="issue")
    return place if it.incident.private else [*place, issue]


def room(it: Happened, landmark: Landmark = Landmark.ROOM) -> list[Wanted]:
    """The room, with card, welcome and everybody who has a part in it."""
    called = (it.owner,) if level_of(it.incident).rank == 1 else ()
    reporter, *others = it.incident.reporters
    involved = (reporter, it.incident.lead, *called, *(each for each in people(it.incident) if each not in others))
    return [
        Wanted(kind=EffectKind.ROOM, provides=landmark),
        post("card", ROOM, provides=Landmark.CARD, needs=landmark),
        invite(involved, needs=landmark),
        Wanted(kind=EffectKind.PIN, needs=Landmark.CARD),
        post("welcome", ROOM, provides=Landmark.WELCOME, needs=Landmark.CARD, line=ROOM),
        *_screenshots(it, ROOM),
    ]


def _screenshots(it: Happened, to: str) -> list[Wanted]:
    """The report's pictures, in a message of their own: Slack may refuse one, and then only they are missing."""
    return [post("screenshots", to, needs=Landmark.CARD, line=to)] if it.incident.report.screenshots else []
