"""App Home: report something, the incidents I lead, and what else is open, a page at a time."""

from collections.abc import Sequence

from bot.change.model import Standing
from bot.incident.model import Incident
from bot.incident.search import Found
from bot.investigation.standing import Halt
from bot.views.approval import line
from bot.views.blocks import Block, actions, button, context, divider, header, plain, room, section, when, who
from bot.views.card import headline
from bot.views.ids import Click
from bot.views.words import sign

#: How many are shown of each, two blocks apiece: with all else they stay below Slack's hundred.
LED, OTHERS, CLICKS = 14, 24, 5


def home(
    mine: Found,
    others: Found,
    halt: Halt | None = None,
    *,
    approver: bool = False,
    waiting: Sequence[Standing] = (),
) -> Block:
    """The view for views.publish: open incidents that its person leads, and a page of the others they may see.

    While everything is stopped (`halt`), everybody sees that first. An `approver` can stop everything, and release it;
    `waiting` is what waits for their click.
    """
    blocks: list[Block] = [
        *_halted(halt, approver),
        header("Incidents"),
        actions(
            button("Report an incident", Click.DECLARE_OPEN, style="primary"),
            button("Help", Click.HELP),
            button("Search", Click.LIST_OPEN),
        ),
    ]
    blocks += _waiting(waiting)
    blocks += _listed("You lead", mine.incidents[:LED], "You lead no open incident.")
    blocks += [context("You lead more; `/incident list lead:me` shows them all.")] if mine.older else []
    nothing = "Nothing else is open." if mine.incidents else "Nothing is open. All is well."
    blocks += _listed("Open", others.incidents[:OTHERS], nothing)
    turns = []
    if others.newer and others.incidents:
        turns.append(button("Newer", Click.HOME_NEWER, str(others.incidents[0].number)))
    if others.older and others.incidents:
        turns.append(button("Older", Click.HOME_OLDER, str(others.incidents[-1].number)))
    blocks += [actions(*turns)] if turns else []
    blocks += [divider(), actions(_stop_everything())] if approver and halt is None else []
    return {"type": "home", "blocks": blocks}


def _waiting(found: Sequence[Standing]) -> list[Block]:
    """What waits for a click of theirs, the oldest first."""
    if not found:
        return []
    rows = [section(line(each), button("Look", Click.TODO_LOOK, each.item.id)) for each in found[:CLICKS]]
    left = len(found) - CLICKS
    more = [context(f"…and {left} more: `/approve-todo`")] if left > 0 else []
    return [divider(), section("*Waiting for my click*"), *rows, *more]


def _halted(halt: Halt | None, approver: bool) -> list[Block]:
    """Who stopped everything, when, and who lets it go on."""
    if halt is None:
        return []
    what = "Agents, changes and messages wait, and follow when it is released; what people ask is still answered."
    release = [actions(button("Release", Click.RELEASE, style="primary"))] if approver else []
    ends = [] if approver else [context("An approver can release it, here in their App Home.")]
    head = section(f"🛑 *Everything is stopped* by {who(halt.by)} since {when(halt.at)}.\n{what}")
    return [head, *release, *ends, divider()]


def _stop_everything() -> Block:
    """Asked again before it is done: it is one tap away from *Search*."""
    ask = {
        "title": plain("Stop everything?", 100),
        "text": plain(
            "Agents, changes and all messages but answers to people stop at once, until an approver releases them.", 300
        ),
        "confirm": plain("Stop everything", 30),
        "deny": plain("Cancel", 30),
        "style": "danger",
    }
    return button("Stop everything", Click.HALT, style="danger") | {"confirm": ask}


def row(incident: Incident) -> list[Block]:
    """An incident in a list: its headline with *Show*, and who, since when, where."""
    since = when(incident.milestones.started or incident.milestones.declared)
    place = f" · {room(incident.places.room)}" if incident.places.room else ""
    return [
        section(f"{sign(incident)} {headline(incident)}", button("Show", Click.SHOW, incident.id)),
        context(f"Lead: {who(incident.lead)} · since {since}{place}"),
    ]


def _listed(title: str, incidents: Sequence[Incident], nothing: str) -> list[Block]:
    rows = [block for incident in incidents for block in row(incident)]
    return [divider(), section(f"*{title}*"), *(rows or [context(nothing)])]
