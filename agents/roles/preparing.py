"""How a change is prepared: what the resolver is given of an item, and what is made of the edits that it wrote."""

from collections.abc import Sequence

from agents.roles import todo_resolver
from agents.roles.todo_resolver import Resolved
from agents.runtime.given import Given
from agents.runtime.loop import work
from agents.runtime.session import Session
from agents.tools.desk import Desk, open_desk
from agents.tools.edit import EDIT, GAVE_UP, edit_tools
from bot.adapters.git_history import GitHistory
from bot.change.model import Edit
from bot.change.overlay import Write, stack_of
from bot.errors import Refused
from bot.incident.text import shorten
from bot.ports import ItemCase, Prepared
from bot.settings.publishing import RepositoryKeys
from bot.storage import budget, proposals
from bot.storage.proposals import Proposal

#: Our own words; nothing of an item stands in them.
_TASKS = {
    "terraform": "Prepare the change that the item in the envelope `item` asks for, in one stack. Read, then write.",
    "document": "Write the document that the item in the envelope `item` asks for, as Markdown, in one of the folders "
    "of the envelope `folders`. Look at what is there before you write.",
}
#: Characters of what the item says, names that are shown to begin with, and rejections that are told.
_ACTION, _DETAILS, _NAMES, _FEEDBACK = 600, 2_000, 200, 5
_NOTHING = "The agent has changed nothing."


async def prepared(session: Session, case: ItemCase, history: GitHistory, keys: RepositoryKeys) -> Prepared:
    """The change, or why there is none. Errors as those of `work`."""
    desk = await open_desk(history, session.redactor, case, keys)
    if not (desk.bounds.stacks or desk.bounds.documents):
        return Prepared(problem="There is no folder in which an agent may change anything for this.")
    try:
        await desk.restore(_writes(await _rows(session)))
    except Refused as refused:  # the branch has moved since a former process wrote it
        return Prepared(problem=f"What the agent wrote before does not fit any more: {refused.sentence}")
    role = todo_resolver.role(session.keys, edit_tools(desk))
    answer = await work(session, role, _TASKS[case.wants], opening(case, desk))
    return await _outcome(session, desk, answer)


def opening(case: ItemCase, desk: Desk) -> list[Given]:
    """The item in its fields, and the names of what may be changed; nothing of an incident, an issue or a log."""
    item = case.item
    told = {
        "id": item.key,
        "type": item.set_kind.value if item.set_kind else item.type,
        "action": shorten(item.action, _ACTION),
        "details": shorten(item.details, _DETAILS),
        "stack": case.stack,
        "rejected_because": [shorten(each, _ACTION) for each in item.feedback[-_FEEDBACK:]],
    }
    folders = [*desk.bounds.stacks, *desk.bounds.documents]
    known = [case.stack] if case.stack else list(desk.bounds.documents)
    files = sorted(
        path for path in desk.bounds.paths - desk.bounds.links if any(path.startswith(f"{each}/") for each in known)
    )
    return [
        Given("item", item.key, {name: value for name, value in told.items() if value}),
        Given("folders", "", _few(folders)),
        *([Given("files", "", _few(files))] if files else []),
    ]


def _few(names: Sequence[str]) -> dict[str, object]:
    more = len(names) - _NAMES
    return {"names": list(names[:_NAMES])} | ({"left_out": more} if more > 0 else {})


async def _outcome(session: Session, desk: Desk, answer: Resolved) -> Prepared:
    """The rows are what was written, whatever this process remembers."""
    rows = await _rows(session)
    async with session.database.read() as connection:
        cost = (await budget.of_run(connection, session.run.id)).spent
    given_up = next((str(row.body["reason"]) for row in rows if row.kind == GAVE_UP), "")
    if why := given_up or answer.problem:
        return Prepared(problem=why, cost=cost)
    try:
        edits = await desk.edits(_writes(rows))
    except Refused as refused:
        return Prepared(problem=f"What the agent wrote does not fit together: {refused.sentence}", cost=cost)
    stack = stack_of(edits, desk.bounds)
    if why := _doubt(edits, stack, answer):
        return Prepared(problem=why, cost=cost)
    return Prepared(
        stack=stack,
        edits=edits,
        summary=answer.summary,
        rollback=answer.rollback,
        confidence=answer.confidence,
        cost=cost,
    )


def _doubt(edits: tuple[Edit, ...], stack: str, answer: Resolved) -> str:
    """Why the edits are not taken for a change; empty where they are."""
    if not edits:
        return _NOTHING
    if not answer.summary:
        return "The agent does not say what its change does."
    said = answer.stack.strip("/")
    if stack and said not in ("", stack, stack.rpartition("/")[2]):
        return f"The agent has changed {stack}, and says that it was another stack."
    return ""


async def _rows(session: Session) -> Sequence[Proposal]:
    async with session.database.read() as connection:
        return await proposals.of_run(connection, session.run.id, todo_resolver.NAME)


def _writes(rows: Sequence[Proposal]) -> list[Write]:
    return [Write.model_validate(row.body) for row in rows if row.kind == EDIT]
