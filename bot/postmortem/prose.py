"""Sentences that call themselves work to be done, wherever they stand."""

import re
from collections.abc import Iterator

from bot.postmortem.words import phrases, plain, sentences

_NAMES = (
    r"action items?|actions? \((?:open|todo|pending)\)|actions? (?:required|needed)|todo|follow[- ]?ups?(?: items?)?"
)
#: In lessons and asides only these labels; the others are remarks there.
_STRICT = re.compile(rf"^(?:{_NAMES}|left open|still to do)(?: \([^()]*\))?\s*:\s*(?=\S)")
#: A label before the thing itself: "**Action (open):** scrape the metrics".
_LABEL = re.compile(
    rf"^(?:{_NAMES}|actions?|to[- ]do|left open|still open|still to do|left to do|open items?|not (?:yet )?done"
    r"|not yet (?:done|fixed|implemented|actioned)|next steps?|not in this (?:change|commit|pr|fix)|outstanding"
    r"|remaining(?: work| items?)?|pending|deferred|recommendations?|future work)(?: \([^()]*\))?\s*:\s*(?=\S)"
)
_FOLLOW_UP = (
    r"(?:as |for |to |until )?(?:an? |its own )?(?:(?:open|separate|later|future|dedicated|known) )*follow[- ]?ups?"
)
_SAYS_SO = phrases(rf"""
    (?:is|are|remains?|left|tracked|filed|deferred|kept|noted) {_FOLLOW_UP} | still in flight
    | deferred (?:for|to|until) (?:an? )?(?:separate|later|future|follow|next)
    | still (?:to do|to be done|outstanding|todo)
    | (?:still|yet) (?:needs?|has|have|remains?) to be \w+ | remains? to be (?:done|implemented|fixed|\w+ed)
    | not yet (?:implemented|actioned|addressed) | (?:should|must|will) be (?:followed up|filed)
""")
_TAKEN_BACK = re.compile(
    r"\b(?:no|without|nothing|none|not) (?:\w+ )?(?:follow[- ]?ups?|actions? (?:items?|needed|required))\b"
    r"|^the (?:(?!is |are |was |as |left |filed |tracked )[^.]){0,80}\bfollow[- ]?ups?\b|:\s*(?:none|nothing|n/a|-)\W*$"
    r"|\b(?:done|completed|closed|fixed|shipped)\b[.!]?$"
)


def calls(text: str, *, strict: bool) -> Iterator[tuple[int, str]]:
    """Sentences that are action items by their own words: the line breaks before each, and from there to its end.

    With a label the rest of the paragraph belongs to it. `strict` asks for a label, and a plain one.
    """
    whole = list(sentences(text))
    for number, (breaks, sentence) in enumerate(whole):
        words = plain(sentence).casefold()
        if _TAKEN_BACK.search(words):
            continue
        if (_STRICT if strict else _LABEL).match(words):
            yield breaks, " ".join(said for _, said in whole[number:])
            return
        if not strict and _SAYS_SO.search(words):
            yield breaks, sentence
