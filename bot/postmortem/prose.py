"""Sentences that call themselves work to be done, wherever they stand."""

import re
from collections.abc import Iterator

from bot.postmortem.words import plain, sentences

#: A label before the thing itself: "**Action (open):** scrape the metrics".
_LABEL = re.compile(
    r"^(?:action items?|actions?(?: \((?:open|todo|pending)\)| required| needed)|todo|to[- ]do|follow[- ]?ups?(?: items?)?"
    r"|left open|still open|still to do|left to do|open items?|not (?:yet )?done|not yet (?:done|fixed|implemented|actioned)"
    r"|next steps?|outstanding|remaining(?: work| items?)?|pending|deferred|recommendations?|future work)"
    r"(?: \([^()]*\))?\s*:\s*(?=\S)"
)
#: In lessons and asides only these; the others are remarks there.
_STRICT = re.compile(
    r"^(?:action items?|actions? \((?:open|todo|pending)\)|actions? (?:required|needed)|todo|follow[- ]?ups?(?: items?)?"
    r"|left open|still to do)(?: \([^()]*\))?\s*:\s*(?=\S)"
)
_SAYS_SO = re.compile(
    r"\b(?:is|are|remains?|left|tracked|filed|deferred|kept|noted) (?:as |for |to |until )?(?:an? |its own )?(?:open |separate |later "
    r"|future |dedicated |known )*follow[- ]?ups?\b"
    r"|\bdeferred (?:for|to|until) (?:an? )?(?:separate|later|future|follow|next)\b|\bstill in flight\b"
    r"|\b(?:still|yet) (?:needs?|has|have|remains?) to be \w+|\bremains? to be (?:done|implemented|fixed|\w+ed)\b"
    r"|\bstill (?:to do|to be done|outstanding|todo)\b|\bnot yet (?:implemented|actioned|addressed)\b"
    r"|\b(?:should|must|needs to|need to|will) (?:be )?(?:follow(?:ed)? up|tracked|filed)\b"
)
_TAKEN_BACK = re.compile(
    r"\b(?:no|without|nothing|none|not) (?:\w+ )?(?:follow[- ]?ups?|actions? (?:items?|needed|required))\b"
    r"|^the [^.]{0,80}\bfollow[- ]?ups?\b|:\s*(?:none|nothing|n/a|-)\W*$|\b(?:done|completed|closed|fixed|shipped)\b[.!]?$"
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
