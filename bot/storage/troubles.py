"""What could not be done outside yet, or not at all, in sentences for whoever looks at the incident."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.incident.wanted import EffectKind
from bot.storage import effects
from bot.storage.effects import Effect

#: What people miss while an effect waits; kinds without a word would only make noise.
_FOLLOWS = {
    EffectKind.ROOM: "the room",
    EffectKind.ISSUE: "the issue",
    EffectKind.COMMENT: "the issue's news",
    EffectKind.ISSUE_STATE: "the issue's state",
    EffectKind.INVITE: "the invitation",
    EffectKind.HEAR: "what people did on GitHub",
    EffectKind.POST: "a message",
    EffectKind.CAPTURE: "a pinned message",
    EffectKind.MIRROR: "the timeline in the issue",
    EffectKind.RETRACT: "taking back what was public",
    EffectKind.ISSUE_BLANK: "emptying the public issue",
    EffectKind.PUBLISH: "the post-mortem in git",
    EffectKind.AMEND: "the change of the post-mortem in git",
    EffectKind.VERIFY: "the look at the published page",
}


def problems(waiting: Sequence[Effect], failed: Sequence[Effect]) -> list[str]:
    """A sentence for each thing that could not be done yet, and for each that was given up."""
    late = [
        f"{e.problem} I keep trying: {_FOLLOWS[e.kind]} will follow."
        for e in waiting
        if e.problem and e.kind in _FOLLOWS
    ]
    lost = [f"{e.problem} I gave up on {_FOLLOWS[e.kind]}." for e in failed if e.kind in _FOLLOWS]
    return list(dict.fromkeys(late + lost))


async def troubles(connection: AsyncConnection, incident_id: str) -> list[str]:
    """The same, as the rows of that incident stand."""
    return problems(await effects.waiting(connection, incident_id), await effects.failed(connection, incident_id))
