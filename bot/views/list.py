"""The list of incidents, as a message or a view: a page of it, with what leads to the others."""

from bot.incident.search import TYPED, Found
from bot.incident.text import readable
from bot.views.blocks import Block, Rendered, actions, button, context, one_line, safe, section
from bot.views.forms.parts import View, lost_draft, message
from bot.views.home import row
from bot.views.ids import Click

#: How many are shown at once; a phone shows about half of them.
PAGE = 10


def listed(found: Found, asked: str) -> Rendered:
    """A page of what was found; `asked` is what was typed after `list`, and goes along to the other pages."""
    said = _head(found, asked)
    rows = [block for incident in found.incidents[:PAGE] for block in row(incident)]
    lost = [context(_HINT), lost_draft(f"list {readable(asked)}")] if asked.strip() and not found.incidents else []
    return Rendered(text=said, blocks=[section(said), *rows, *lost, actions(*_turns(found, asked), *_more())])


def listed_view(found: Found, asked: str) -> View:
    """The same in a modal."""
    return message("Incidents", *listed(found, asked).blocks)


_HINT = (
    "Every word has to be there, or one that begins with it. Filters: `service:` `sev:` `status:` `by:` `lead:` "
    "`since:7d`; `all` adds what is over."
)


def _head(found: Found, asked: str) -> str:
    typed = safe(one_line(readable(asked), 200), 250, "…")
    if found.incidents:
        return f"Incidents: {typed}" if typed else "Open incidents"
    return f"Nothing found for: {typed}" if typed else "Nothing is open. All is well."


def _turns(found: Found, asked: str) -> list[Block]:
    shown, typed = found.incidents[:PAGE], asked[:TYPED]
    newer = [button("Newer", Click.LIST_NEWER, f"{shown[0].number} {typed}")] if shown and found.newer else []
    older = [button("Older", Click.LIST_OLDER, f"{shown[-1].number} {typed}")] if shown and found.older else []
    return [*newer, *older]


def _more() -> list[Block]:
    return [
        button("Search", Click.LIST_OPEN),
        button("Report an incident", Click.DECLARE_OPEN, style="primary"),
    ]
