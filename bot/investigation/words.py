"""What agents write, made fit to be shown: no evidence is named that there is not, and no page that evidence lacks."""

import re

from bot.evidence.model import Evidence
from bot.incident.text import normalise, shorten

_CITED = re.compile(r"\bE-\d+\b")
_URL = re.compile(r"(?:[a-z][a-z0-9+.-]{1,20}://|\bwww\.)[^\s<>|\"'`]+", re.IGNORECASE)


def clean(text: str, evidence: Evidence) -> str:
    """The text, with its line breaks."""
    ids, links = evidence.ids, {piece.link for piece in evidence.pieces if piece.link}
    shown = _URL.sub(
        lambda found: found[0] if found[0].rstrip(".,;:)") in links else "(link left out)", normalise(text)
    )
    return _CITED.sub(lambda found: found[0] if found[0] in ids else "(no such evidence)", shown)


def line(text: str, evidence: Evidence, limit: int = 400) -> str:
    """The text as one line of at most `limit` characters."""
    return shorten(clean(text, evidence), limit)
