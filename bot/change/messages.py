"""What a commit says about a change: one line by the repository's conventions, in which no text has powers of its own.

Whoever writes an action item writes a part of a commit's subject. Forges and pipelines act on such words (`[ci skip]`,
`fixes #1`, `@name`), so they are taken apart here; the words stay.
"""

import re
from datetime import date

from bot.change.model import Source, TrackedItem
from bot.incident.text import shorten, visible
from bot.postmortem.words import plain

SKIP = "[ci skip]"
#: Of the words of an item in a subject. Characters.
LONGEST = 160
#: What somebody could act on, and what stands there instead.
_POWERS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[\[【]"), "("),  # no mark but ours: [ci skip], [skip actions], [PM-…]
    (re.compile(r"[\]】]"), ")"),
    (re.compile(r"(?:[a-z][a-z+.-]*)?://+", re.IGNORECASE), ""),  # an issue's whole address closes it, too
    (re.compile(r"(?<=\w)#+(?=\d)"), " no. "),
    (re.compile(r"#+(?=\d)"), "no. "),
    (re.compile(r"#+(?=\w)"), ""),
    (re.compile(r"\bGH-(?=\d)", re.IGNORECASE), "GH "),
    (re.compile(r"(?<![A-Za-z0-9_])@+(?=\w)"), ""),
    (re.compile(r"(-(?:by|checks))\s*:+", re.IGNORECASE), r"\1"),  # Co-authored-by:, skip-checks:
)
#: Everything that some reader of a commit takes for the end of a line.
_BREAKS = dict.fromkeys(map(ord, "\n\r\t\v\f\x1c\x1d\x1e\x85\u2028\u2029"), " ")


def item_message(item: TrackedItem, *, verified: bool, neutral: bool = False) -> str:
    """The subject of the commit that does an item.

    `verified`: it was seen to work, and only then may the commit close the issue of a wish or a fix. `neutral`: it
    comes from a private incident, so nothing but its key is said.
    """
    if item.source is Source.DOCUMENT:
        return f"fix(post-mortem): {_words(item, neutral)}{_day(item.day)}"
    kind = "feat" if item.source is Source.FEATURE else "fix"
    about = "" if item.issue is None or neutral else f" ({'fixes' if verified else 'refs'} #{item.issue})"
    return f"{kind}: {_words(item, neutral)}{about}"


def rollback_message(item: TrackedItem, *, neutral: bool = False) -> str:
    """The subject of the commit that takes a change back; it closes nothing."""
    scope = "fix(post-mortem)" if item.source is Source.DOCUMENT else "fix"
    return f"{scope}: take back: {_words(item, neutral)}{_day(item.day)}"


def final_message(day: date | None) -> str:
    """The subject of the commit that brings a post-mortem's record up to date; `day` is the document's."""
    return f"docs: update post-mortem follow-up implementation{_day(day)} {SKIP}"


def report_message(item: TrackedItem, *, neutral: bool = False) -> str:
    """The subject of the commit that adds to a post-mortem what was found out about an item."""
    return f"docs: report on {_words(item, neutral)}{_day(item.day)} {SKIP}"


def runbook_message(item: TrackedItem, *, neutral: bool = False) -> str:
    """The subject of the commit with a drafted runbook; without its last mark, the title of the pull request."""
    return f"docs: runbook for {_words(item, neutral)}{_day(item.day)} {SKIP}"


def _day(day: date | None) -> str:
    return f" [PM-{day.isoformat()}]" if day else ""


def _words(item: TrackedItem, neutral: bool) -> str:
    return ("" if neutral else harmless(item.action)) or f"follow-up {item.key}"


def harmless(text: str) -> str:
    """On one line, as a reader sees it, with nothing in it that a forge or a pipeline acts on; at most 160 characters.

    Empty where nothing is left of it.
    """
    words, before = visible(plain(visible(text.translate(_BREAKS)))), ""
    while words != before:  # what one takes away may leave what another looks for
        before = words
        for pattern, instead in _POWERS:
            words = pattern.sub(instead, words)
    return shorten(words, LONGEST) if re.search(r"\w", words) else ""
