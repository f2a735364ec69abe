"""What was found out about an item, added to its post-mortem under the record of what was implemented."""

import re

from bot.errors import Refused
from bot.incident.text import shorten
from bot.postmortem.document.cells import cell, prose
from bot.postmortem.document.owned import found, owned, replaced
from bot.postmortem.implemented import HEADING
from bot.postmortem.model import Identity
from bot.postmortem.record import added, kept, record
from bot.postmortem.sections import waiting
from bot.postmortem.words import plain

#: Of an action, as a heading. Characters.
LONGEST = 120


def with_report(content: str, identity: Identity, action: str, text: str) -> str:
    """The document with `text` under a heading of its own, named by the action, where *Follow-up Implementation* ends.

    It stands between marks of ours and is replaced where it is there already. It is quoted, so that nothing in it is
    read as this document's own words: paragraphs and lists stay, all other marks are just text. Raises Refused where it
    would change which action items the document has.
    """
    place = record(content)
    name = f"report-{identity.digest[:12]}" + (f"-{identity.ordinal}" if identity.ordinal else "")
    level = min(place.level or HEADING.count("#"), 5) + 1
    body = f"{'#' * level} {_heading(action)}\n\n{_quoted(text)}"
    if found(content, name) is not None:
        return kept(content, replaced(content, name, body))
    if f"holdfast:begin {name} " in content:
        raise Refused("The marks around this report are not whole any more. Please take it out, then try again.")
    section = "" if place.level else f"{HEADING}\n\n"
    return kept(content, added(content, place.end, f"{section}{owned(name, body)}"))


def _heading(action: str) -> str:
    """The action's words; none of them says how it stands, since a heading that does would be one more item."""
    words = shorten(plain(action), LONGEST)
    return cell(re.sub(r"[()\[\]—]+", " ", words) if waiting(words) else words) or "What was found out"


def _quoted(text: str) -> str:
    return "\n".join(f"> {_line(line)}".rstrip() for line in text.strip().splitlines()) or "> Nothing."


def _line(line: str) -> str:
    item = re.match(r"\s*[-*•]\s+(?=\S)", line)
    return f"- {cell(line[item.end() :])}" if item else prose(line)
