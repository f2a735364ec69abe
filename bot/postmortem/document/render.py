"""Writes a whole document from its data, by the template beside this file."""

from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template

from bot.postmortem.document.cells import cell, linked
from bot.postmortem.document.model import ASKS, Document, Fact, Implemented, Moment, Part, Planned, Words
from bot.postmortem.document.owned import owned

PLAN = ("Priority", "Action", "Type", "Details", "Owner", "Due", "Issue", "Status")
_MINUTE = "%Y-%m-%d %H:%M"


def render(document: Document) -> str:
    """The document as Markdown. `parse` gives back the same data."""
    return _template().render(
        Part=Part,
        title=cell(" ".join(document.title.split())),
        facts=facts(document),
        timeline=timeline(document.timeline),
        plan=table(PLAN, map(plan_row, document.plan)),
        implemented=implemented(document.implemented),
        part=lambda part: document.parts.get(part) or placeholder(part),
        owned=owned,
    )


@cache
def _template() -> Template:
    # Markdown, not HTML: `cells` makes each value harmless, and what people write in a section is theirs
    environment = Environment(keep_trailing_newline=True, undefined=StrictUndefined, autoescape=False)  # noqa: S701
    return environment.from_string((files(__package__) / "template.md").read_text())


def placeholder(part: Part) -> str:
    """What stands in a section until somebody has written it."""
    return f"_To be written: {ASKS[part]}_"


def facts(document: Document) -> str:
    """The table at the top: the date, and what else is known."""
    known = (Fact(name="Date", value=Words(text=document.date.isoformat())), *document.facts)
    return table(("Field", "Value"), ((f"**{cell(fact.name)}**", linked(fact.value)) for fact in known))


def timeline(moments: Sequence[Moment]) -> str:
    """When what happened, and who or what says so."""
    rows = ((f"{moment.at:{_MINUTE}}", cell(moment.text), linked(moment.source)) for moment in moments)
    return table(("Time", "Event", "Source"), rows)


def implemented(done: Sequence[Implemented]) -> str:
    """The record of what was done about the plan; its columns are seed 000's."""
    head = ("Date", "Action", "Priority", "Type", "Commit", "Implemented By")
    rows = (
        (cell(row.date), cell(row.action), cell(row.priority), cell(row.type), linked(row.commit), cell(row.by))
        for row in done
    )
    return table(head, rows)


def plan_row(row: Planned) -> tuple[str, ...]:
    """The cells of one row of the plan."""
    columns = (row.priority, row.action, row.type, row.details, row.owner, row.due, row.issue, row.status)
    return tuple(map(cell, columns))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a cell is text that `cell` has made one."""
    return "\n".join(table_row(cells) for cells in (head, ("---",) * len(head), *rows))


def table_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
