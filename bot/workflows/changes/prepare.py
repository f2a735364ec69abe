"""A change for an item: the one that was made before, a drafted one, or one that an agent prepares; as a commit."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import NAMESPACE_URL, uuid5

from bot.change.drafted import edits_of
from bot.change.lifecycle import OVER, move_change, move_item
from bot.change.messages import item_message
from bot.change.model import Change, ChangeClass, ChangeKind, ChangeState, Edit, ItemState
from bot.change.steps import fits
from bot.errors import NeedsPerson, Permanent, Refused
from bot.investigation.model import Step as Line
from bot.ports import ItemCase, Prepared
from bot.redact import Redactor
from bot.storage import changes, investigations
from bot.workflows.changes import report
from bot.workflows.changes.hand import Hand

#: Whose change is made again as it was, where the files still are what it began from.
_AGAIN = frozenset({ChangeState.STALE, ChangeState.UNKNOWN, ChangeState.FAILED, ChangeState.WITHDRAWN})
#: What comes of these is text about the incident.
_WORDS = frozenset({ChangeClass.INVESTIGATION, ChangeClass.RUNBOOK})
#: After so many changes of one item a person has to look.
MOST = 10
NO_COMMAND = "No plan command is set up (repository.plan in holdfast.yml), so nothing can be planned."
OFF = "Changes are switched off in holdfast.yml (remediation: off)."
NOBODY = "There is no drafted change for it, and no agent could prepare one: {why}"
NO_MONITORS = (
    "A monitor is made here only where monitors are files of a stack: no other way to make one is set up. {why}"
)
UNSURE = "The agent that prepared it is not sure of it: {why}"


async def begin(hand: Hand) -> None:
    """Its turn has come. What an earlier start came to is settled; what was left in the middle goes on."""
    before = hand.change
    settled = before.number if before is not None and before.landed else hand.item.settled
    await hand.keep(move_item(hand.item, ItemState.IMPLEMENTING, settled=settled))


async def prepare(hand: Hand) -> None:
    """A new change, not judged yet. Raises Permanent or Refused where none can be made."""
    if hand.deps.file.remediation == "off":
        raise Permanent(OFF)
    async with hand.deps.database.read() as connection:
        number = await changes.next_number(connection, hand.item.id)
    if number > MOST:
        raise NeedsPerson(f"It was prepared {MOST} times, and never got through. A person has to look at it.")
    kind = hand.item.change_class
    if kind in _WORDS and await is_private(hand):
        raise NeedsPerson("It is about a private incident, so nothing of it is written into the repository.")
    if kind is ChangeClass.INVESTIGATION:
        await report.look(hand, number)
        return
    if kind is not ChangeClass.RUNBOOK and hand.workshop.terraform is None:
        raise Permanent(NO_COMMAND)  # before anybody is paid for what cannot be planned
    change = await _again(hand, number) or await _drafted(hand, number) or await _by_agent(hand, number)
    if path := with_secret(change.edits, hand.deps.redactor):
        raise NeedsPerson(f"{path[:100]} would get a line that looks like a secret, and none is written into git.")
    await hand.keep(change=change)


def with_secret(edits: Sequence[Edit], redactor: Redactor) -> str:
    """The path of an edit that adds a line with what looks like a secret; empty where none does."""
    for edit in edits:
        before = set((edit.before or "").splitlines())
        added = [line for line in (edit.after or "").splitlines() if line not in before]
        if any(redactor.text(line) != line for line in added):
            return edit.path
    return ""


async def commit(hand: Hand) -> None:
    """The change as a commit in our own mirror; nothing leaves this machine. Raises Refused where it fits no more."""
    change, stacks = hand.made, hand.workshop.stacks
    base = change.base or await hand.workshop.repository.head()
    if not fits(change, {edit.path: await stacks.text(base, edit.path) for edit in change.edits}):
        raise Refused("The files are not what this change began from any more.")
    files = {edit.path: edit.after for edit in change.edits}
    message = item_message(hand.item, verified=False, neutral=await is_private(hand))
    made = await stacks.made(base, files, message, change.made_at)
    if made == base:
        raise Refused("It changes nothing.")
    await hand.keep(change=change.model_copy(update={"base": base, "commit": made}))


async def is_private(hand: Hand) -> bool:
    """Whether it is about a private incident, of which no commit says a word."""
    incident = await hand.incident()
    return incident is not None and incident.private


def new_id(hand: Hand, number: int) -> str:
    """Of an item's change: the same however often it is begun."""
    return str(uuid5(NAMESPACE_URL, f"{hand.item.id}.{number}"))


def _change(hand: Hand, number: int, base: str, edits: Sequence[Edit], by: str) -> Change:
    document = hand.item.change_class is ChangeClass.RUNBOOK
    return Change(
        id=new_id(hand, number),
        item_id=hand.item.id,
        number=number,
        kind=ChangeKind.DOCUMENT if document else ChangeKind.TERRAFORM,
        stack="" if document else _stack(hand, edits),
        base=base,
        edits=tuple(edits),
        by=by,
        made_at=hand.deps.clock.now(),
    )


def _stack(hand: Hand, edits: Sequence[Edit]) -> str:
    """The one folder of a stack that all edits are in; the first one's where they are not, which a gate refuses."""
    folder = hand.deps.file.repository.stacks
    first = edits[0].path.removeprefix(f"{folder}/").split("/")[0] if edits else ""
    return f"{folder}/{first}"


async def _again(hand: Hand, number: int) -> Change | None:
    """The one before, on what is there now."""
    before = hand.change
    if before is None or before.state not in _AGAIN:
        return None
    base = await hand.workshop.repository.head()
    if not fits(before, {edit.path: await hand.workshop.stacks.text(base, edit.path) for edit in before.edits}):
        return None
    again = _change(hand, number, base, before.edits, before.by)
    kept = {"summary": before.summary, "rollback": before.rollback, "confidence": before.confidence}
    return again.model_copy(update=kept | {"undoes": before.undoes, "kind": before.kind, "stack": before.stack})


async def _drafted(hand: Hand, number: int) -> Change | None:
    """What somebody has drafted, as it stands, where it applies and nobody has said no to it."""
    draft = hand.item.drafted
    tried = hand.change is not None and hand.change.state is ChangeState.REFUSED
    if draft is None or hand.item.feedback or tried:
        return None
    base = await hand.workshop.repository.head()
    try:
        texts = {path: await hand.workshop.stacks.text(base, path) for path in _paths(draft.file, draft.change)}
        edits = edits_of(draft, texts)
    except Refused as refusal:
        await hand.say(f"The drafted change does not apply: {refusal.sentence}")
        return None
    summary = {"summary": hand.item.action, "rollback": "The change is taken back."}
    return _change(hand, number, base, edits, draft.by).model_copy(update=summary)


def _paths(file: str, change: str) -> set[str]:
    named = {line[6:].split("\t")[0].strip() for line in change.splitlines() if line.startswith(("--- a/", "+++ b/"))}
    return {file, *named} - {"", "dev/null"}


async def _by_agent(hand: Hand, number: int) -> Change:
    """What an agent prepares. Raises Permanent where none can, and NeedsPerson where it is not sure."""
    deps = hand.deps
    if why := deps.agents.absent():
        raise Permanent(_nobody(hand).format(why=why))
    await hand.say("An agent prepares a change.")
    base = await hand.workshop.repository.head()
    prepared = await deps.agents.prepare(await _case(hand, number, base), lambda line: _note(hand, line), _halted(hand))
    if prepared.problem or not prepared.edits:
        raise NeedsPerson(_nobody(hand).format(why=prepared.problem or "It changed nothing."))
    change = _change(hand, number, base, prepared.edits, "todo_resolver")
    said = {"summary": prepared.summary, "rollback": prepared.rollback, "confidence": prepared.confidence}
    change = change.model_copy(update=said)
    if prepared.confidence < deps.file.policy.confidence:
        await hand.keep(change=change)
        raise NeedsPerson(UNSURE.format(why=_sure(prepared)))
    return change


def _nobody(hand: Hand) -> str:
    """Why nobody prepares it, in a sentence that takes the reason."""
    return NO_MONITORS if hand.item.change_class is ChangeClass.MONITOR else NOBODY


def _sure(prepared: Prepared) -> str:
    return f"{round(prepared.confidence * 100)} %. {prepared.summary}".strip()


async def _case(hand: Hand, number: int, base: str) -> ItemCase:
    deps, item = hand.deps, hand.item
    names = await hand.workshop.stacks.names(base)
    protected = {name.casefold() for name in deps.file.protected_stacks}
    free = tuple(name for name in names if name.rpartition("/")[2].casefold() not in protected)
    document = item.change_class is ChangeClass.RUNBOOK
    return ItemCase(
        run=new_id(hand, number),
        issue=item.incident_id or item.id,
        item=item,
        base=base,
        stack="" if document else named_stack(f"{item.action} {item.details}", free),
        stacks=() if document else free,
        wants="document" if document else "terraform",
        documents=(deps.file.repository.runbooks,) if document else (),
        incident=item.incident_id,
        by=item.requested_by,
    )


def named_stack(words: str, stacks: Sequence[str]) -> str:
    """The one stack that the words name by its folder's name; empty where they name none, or several."""
    said = f" {''.join(c if c.isalnum() or c == '-' else ' ' for c in words.casefold())} "
    named = [stack for stack in stacks if f" {stack.rpartition('/')[2].casefold()} " in said]
    return named[0] if len(named) == 1 else ""


async def _note(hand: Hand, line: Line) -> None:
    await hand.say(line.text)


def _halted(hand: Hand) -> Callable[[], Awaitable[str]]:
    async def halted() -> str:
        """Why no model may be asked any more."""
        if hand.deps.file.agents.kill:
            return "Agents are switched off."
        async with hand.deps.database.read() as connection:
            return "Everything is stopped." if await investigations.halted(connection) else ""

    return halted


def withdrawn(change: Change, why: str) -> Change:
    """It is not wanted any more, as far as that can still be."""
    return change if change.state in OVER else move_change(change, ChangeState.WITHDRAWN, problem=why)
