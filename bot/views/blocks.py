"""Block Kit in our words: every piece that a view is made of, safe for any text and inside Slack's limits.

What people wrote reaches a message only through `safe` (mrkdwn) or `plain`; what is too long is cut politely.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.incident.figures import utc
from bot.incident.model import ALERTMANAGER, HOLDFAST, Actor, Frozen

Block = dict[str, Any]

SECTION, FIELD, HEADER, CONTEXT, BUTTON, VALUE, TOPIC, FALLBACK = 3000, 2000, 150, 2000, 75, 2000, 250, 3000
ELEMENTS_PER_ACTIONS, BLOCKS_PER_MESSAGE, BLOCKS_PER_VIEW = 25, 50, 100

#: Control characters, halves of characters, and marks that reorder the text around them, and so could make a sentence
#: read as another.
_UNSHOWN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
_SLACK_USER = re.compile(r"[UW][A-Z0-9]{2,20}")
_SLACK_CHANNEL = re.compile(r"[CDG][A-Z0-9]{2,20}")


class Rendered(Frozen):
    """A message: `text` is what notifications and screen readers get."""

    text: str
    blocks: list[Block]


def clean(text: str) -> str:
    """Without control characters and reordering marks; lines and tabs stay."""
    return _UNSHOWN.sub("", text.replace("\r\n", "\n")).strip()


def cut(text: str, limit: int, more: str = "… (cut)") -> str:
    """At most `limit` characters; what was cut says so. Escaped text stays whole: no entity is split."""
    if len(text) <= limit:
        return text
    more = more if len(more) < limit else ""
    return re.sub(r"&[a-z]{0,4}$", "", text[: limit - len(more)]).rstrip() + more


def one_line(text: str, limit: int) -> str:
    """Cleaned, without line breaks, for titles."""
    return cut(" ".join(clean(text).split()), limit, "…")


def safe(text: str, limit: int = SECTION, more: str = "… (cut, the whole text is in the issue)") -> str:
    """What somebody wrote, for mrkdwn: it cannot call anybody, link, or break out, and looks as it was typed."""
    return escaped(_unmarked(text[: limit + 200]) + text[limit + 200 :], limit, more)


def escaped(text: str, limit: int = SECTION, more: str = "… (cut)") -> str:
    """Our own words with what somebody wrote among them, whose marks stand. Cut first, so 1 MB costs nothing."""
    shown = clean(text[: limit + 200]).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if len(text) <= limit + 200:
        return cut(shown, limit, more)
    return cut(shown, max(0, limit - len(more)), "") + more


_PERSON = re.compile(r"&lt;@([UW][A-Z0-9]{2,20})&gt;")


def spoken(text: str) -> str:
    """A sentence of ours for one reader: what people wrote in it is escaped, the people that it names stay."""
    return _PERSON.sub(r"<@\1>", escaped(text)) or "–"


#: Takes no room and is not seen; a mark with one on either side is a sign like any other.
_JOINER = "\u2060"
_ADDRESS = re.compile(r"(https?://[^\s<>|\"']*[\w/=#])")
#: A mark that could begin or end something. Inside a word, as in `snake_case`, or between spaces it cannot; left alone
#: there, names and paths can be copied as they were.
_MARK = re.compile(r"`|(?<![^\W_])[*_~](?=\S)|(?<=\S)[*_~](?![^\W_])|^>", re.MULTILINE)


def _unmarked(text: str) -> str:
    """With every mark of mrkdwn made a plain sign; web addresses stay whole."""
    parts = _ADDRESS.split(text)
    parts[::2] = [_MARK.sub(rf"{_JOINER}\g<0>{_JOINER}", part) for part in parts[::2]]
    return "".join(parts)


def quoted(text: str, limit: int = 2400, more: str = "… (cut, the whole text is in the issue)") -> str:
    """What somebody wrote, as a quotation."""
    return "\n".join("> " + line for line in safe(text, limit, more).split("\n"))


def whole(text: str) -> list[Block]:
    """All of what somebody wrote, as quotations: it is there to be copied, so it is divided instead of cut."""
    left, pieces = clean(text), []
    while left:
        size = min(SECTION, len(left))
        while len(quoted(left[:size], 10 * SECTION)) > SECTION:
            size = size * 9 // 10
        if size < len(left):
            ends = (left.rfind(end, 1, size) for end in "\n ")
            size = next((end for end in ends if end > 0), size)
        pieces.append(section(quoted(left[:size], 10 * SECTION)))
        left = left[size:].removeprefix("\n").removeprefix(" ")
    return pieces


def typed(text: str) -> str:
    """What came back from a form: cleaned, without the joiners that come along when it was copied from `safe`."""
    return clean(text.replace(_JOINER, ""))


def linked(url: str, label: str) -> str:
    """A link, where the address is a web address; else only its words."""
    if re.fullmatch(r"https?://[^\s<>|\"'`]{1,2000}", url):
        return f"<{url.replace('&', '&amp;')}|{safe(label, 200)}>"
    return safe(label, 200)


def who(actor: Actor | None) -> str:
    """A person in mrkdwn; naming somebody by id is a mention."""
    if actor is None:
        return "nobody yet"
    if actor == HOLDFAST:
        return "Holdfast"
    if actor == ALERTMANAGER:
        return "Alertmanager"
    return f"<@{actor}>" if _SLACK_USER.fullmatch(actor) else safe(actor.removeprefix("github:"), 80)


def room(channel: str | None) -> str:
    """A channel in mrkdwn."""
    return f"<#{channel}>" if channel and _SLACK_CHANNEL.fullmatch(channel) else "not open yet"


def when(at: datetime | None) -> str:
    """A moment that each reader sees in their own time zone; UTC where that is not possible."""
    if at is None:
        return "not known"
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{utc(at)}>"


def ago(at: datetime | None) -> str:
    """How long ago, counted by the reader's own client, so that a message grows old truthfully."""
    return f"<!date^{int(at.timestamp())}^{{ago}}|{utc(at)}>" if at else "not known"


def plain(text: str, limit: int, empty: str = "–") -> Block:
    """A plain_text object: never parsed, so nobody is called."""
    return {"type": "plain_text", "text": cut(clean(text[: limit + 200]), limit, "…") or empty, "emoji": True}


def mrkdwn(text: str, limit: int = SECTION) -> Block:
    return {"type": "mrkdwn", "text": cut(text, limit) or "–"}


def header(text: str) -> Block:
    return {"type": "header", "text": plain(one_line(text[: 4 * HEADER], HEADER), HEADER)}


def section(text: str, accessory: Block | None = None) -> Block:
    """A paragraph of mrkdwn; user text in it has been through `safe`."""
    return {"type": "section", "text": mrkdwn(text)} | ({"accessory": accessory} if accessory else {})


def fields(pairs: Sequence[tuple[str, str]]) -> Block:
    """Up to ten short facts in two columns: name and mrkdwn."""
    return {"type": "section", "fields": [mrkdwn(f"*{name}*\n{value}", FIELD) for name, value in pairs[:10]]}


def context(*texts: str) -> Block:
    """Small print: up to ten pieces of mrkdwn."""
    return {"type": "context", "elements": [mrkdwn(text, CONTEXT) for text in texts[:10]]}


def divider() -> Block:
    return {"type": "divider"}


def button(label: str, action_id: str, value: str = "", style: str = "", url: str = "") -> Block:
    """A button; `style` is empty, `primary` or `danger`."""
    element: Block = {"type": "button", "text": plain(label, BUTTON), "action_id": action_id}
    extras = {"value": value[:VALUE], "style": style, "url": url}
    return element | {key: given for key, given in extras.items() if given}


def actions(*buttons: Block) -> Block:
    return {"type": "actions", "elements": list(buttons[:ELEMENTS_PER_ACTIONS])}
