"""`/approve-todo`, and what people press on action items: each click leads to the workflow of its name."""

from collections.abc import Callable
from functools import partial

from bot.deps import HandlerDeps
from bot.errors import NotFound
from bot.incident.asking import Request
from bot.incident.model import Actor
from bot.incident.requests_changes import Approve, NotNow, Prepare, ProposeFix, RollBack, TakeItem, WorkThrough
from bot.incident.search import TYPED
from bot.telemetry import log
from bot.views import approval
from bot.views.blocks import section
from bot.views.forms import reject, set_type
from bot.views.forms.parts import Memory, View, message
from bot.views.ids import Click
from bot.views.replies import answer, outcome_reply
from bot.views.rounds import inbox
from handlers.slack.heard import Heard
from handlers.slack.screen import Screen
from handlers.slack.submit import Ack, from_click, from_form, message_ack

HELP = (
    "`/approve-todo` lists everything that waits for a click, the oldest first; `/approve-todo A-57` or `T-31` shows "
    "one with its whole plan and diff."
)
#: What each button asks for, from its value.
_ASKS: dict[Click, tuple[str, Callable[[Actor, str, str], Request]]] = {
    Click.APPROVE: ("approve", lambda actor, channel, id: Approve(actor=actor, channel=channel, approval=id)),
    Click.NOT_NOW: ("not_now", lambda actor, channel, id: NotNow(actor=actor, channel=channel, approval=id)),
    Click.ASK_AT_NINE: (
        "not_now",
        lambda actor, channel, id: NotNow(actor=actor, channel=channel, approval=id, morning=True),
    ),
    Click.TAKE: ("take_item", lambda actor, channel, id: TakeItem(actor=actor, channel=channel, item=id)),
    Click.TAKE_DONE: (
        "take_item",
        lambda actor, channel, id: TakeItem(actor=actor, channel=channel, item=id, done=True),
    ),
    Click.TAKE_BACK: (
        "take_item",
        lambda actor, channel, id: TakeItem(actor=actor, channel=channel, item=id, back=True),
    ),
    Click.PREPARE: ("prepare", lambda actor, channel, id: Prepare(actor=actor, channel=channel, item=id)),
    Click.ROLL_BACK: ("roll_back", lambda actor, channel, id: RollBack(actor=actor, channel=channel, change=id)),
    Click.WORK_THROUGH: (
        "work_through",
        lambda actor, channel, name: WorkThrough(actor=actor, channel=channel, document=name),
    ),
    Click.PROPOSE_FIX: (
        "propose_fix",
        lambda actor, channel, value: ProposeFix(
            actor=actor, channel=channel, incident=value.partition(":")[0], investigation=value.partition(":")[2]
        ),
    ),
}
CLICKS = tuple(_ASKS)


async def approve_todo(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """`/approve-todo`: the inbox, or one with all of it."""
    ref = heard.text.strip()[:TYPED]
    if ref.casefold() in ("help", "?"):
        return message_ack(answer(HELP))
    if not ref:
        return message_ack(inbox(await deps.changes.waiting(heard.actor)))
    memory = Memory(channel=heard.channel)
    await screen.open_filled("Action item", memory, partial(_shown, ref, 0, memory, heard.actor, deps))
    return None


async def looked(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """*Look*, *Read all of it*, and turning a page of it."""
    item, _, page = heard.value.partition(":")
    memory = Memory(channel=heard.channel or heard.memory.channel)
    number = int(page) if page.isdecimal() and len(page) < 5 else 0
    await screen.open_filled("Action item", memory, partial(_shown, item, number, memory, heard.actor, deps))
    return None


async def turned(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """Another page of the inbox, in place of the one that was clicked."""
    page = int(heard.value) if heard.value.isdecimal() and len(heard.value) < 5 else 0
    screen.replace(inbox(await deps.changes.waiting(heard.actor), page))
    return None


async def clicked(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """A button that asks nothing more; what became of it is said to whoever clicked."""
    workflow, ask = _ASKS[Click(heard.name)]
    channel = heard.channel or heard.memory.channel
    await screen.tell(outcome_reply(await from_click(heard, deps, workflow, ask(heard.actor, channel, heard.value))))
    return None


async def asking(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """*Reject* and *Set its type* ask for words first."""
    where = heard.channel or heard.memory.channel
    if heard.name == Click.REJECT:
        await screen.open(reject.build(Memory(channel=where, approval=heard.value)))
    else:
        await screen.open(set_type.build(Memory(channel=where, item=heard.value)))
    return None


async def rejected(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """The reason, sent."""
    return await from_form(heard, deps, "reject", reject.read(heard.view, heard.actor))


async def typed(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """The type, chosen."""
    return await from_form(heard, deps, "set_type", set_type.read(heard.view, heard.actor))


async def _shown(ref: str, page: int, memory: Memory, actor: Actor, deps: HandlerDeps) -> View:
    try:
        standing = await deps.changes.by_ref(ref, actor)
    except NotFound as refusal:
        log(__name__).info("refused", actor=actor, verb="approve-todo", rule=refusal.rule)
        return message("Action item", section(refusal.sentence), memory=memory)
    log(__name__).info("read", actor=actor, verb="approve-todo", item=standing.item.key)
    return approval.modal(standing, page, memory)
