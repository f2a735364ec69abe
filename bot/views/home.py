"""App Home: report something, the incidents I lead, and what is open."""

from collections.abc import Sequence

from bot.incident.model import Actor, Incident
from bot.views.blocks import BLOCKS_PER_VIEW, Block, actions, button, context, divider, header, room, section, when, who
from bot.views.card import headline
from bot.views.ids import Click
from bot.views.words import sign


def home(viewer: Actor, incidents: Sequence[Incident]) -> Block:
    """The view for views.publish. `incidents` are the open ones that the viewer may see, newest first."""
    mine = [incident for incident in incidents if incident.lead == viewer]
    others = [incident for incident in incidents if incident.lead != viewer]
    blocks: list[Block] = [
        header("Incidents"),
        actions(
            button("Report an incident", Click.DECLARE_OPEN, style="primary"),
            button("Help", Click.HELP),
        ),
    ]
    blocks += _listed("You lead", mine, "You lead no open incident.")
    blocks += _listed("Open", others, "Nothing else is open." if mine else "Nothing is open. All is well.")
    return {"type": "home", "blocks": _within(blocks, len(incidents))}


def row(incident: Incident) -> list[Block]:
    """An incident in a list: its headline with *Show*, and who, since when, where."""
    since = when(incident.milestones.started or incident.milestones.declared)
    place = f" · {room(incident.places.room)}" if incident.places.room else ""
    return [
        section(f"{sign(incident)} {headline(incident)}", button("Show", Click.SHOW, incident.id)),
        context(f"Lead: {who(incident.lead)} · since {since}{place}"),
    ]


def _listed(title: str, incidents: Sequence[Incident], nothing: str) -> list[Block]:
    rows = [block for incident in incidents[:40] for block in row(incident)]
    return [divider(), section(f"*{title}*"), *(rows or [context(nothing)])]


def _within(blocks: list[Block], count: int) -> list[Block]:
    if len(blocks) <= BLOCKS_PER_VIEW:
        return blocks
    return [*blocks[: BLOCKS_PER_VIEW - 1], context(f"{count} incidents are open; `/incident list` shows the newest.")]
