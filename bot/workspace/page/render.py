"""The page's templates: data in, HTML out; everything is escaped unless it comes from our own parsers."""

from datetime import datetime
from functools import cache
from typing import Any

from jinja2 import ChainableUndefined, Environment, PackageLoader
from markupsafe import Markup, escape

from bot.workspace.page import dates, emoji, markdown, surface
from bot.workspace.page.mrkdwn import SAFE_LINK, Reader
from bot.workspace.page.surface import Surface

TINTS = 8


@cache
def environment() -> Environment:
    """Jinja with our filters; a template asks for nothing that it was not handed."""
    env = Environment(
        loader=PackageLoader("bot.workspace.page"),
        autoescape=True,
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters |= {
        "emoji": emoji.replace,
        "one_emoji": emoji.one,
        "lines": lines,
        "markdown": markdown.to_html,
        "options": surface.options,
        "initials": initials,
        "tint": tint,
        "clock": dates.clock,
        "full": dates.full,
        "github_time": github_time,
    }
    env.tests["safe_link"] = lambda url: bool(SAFE_LINK.fullmatch(str(url)))
    env.globals["quick"] = emoji.QUICK
    return env


def page(template: str, **data: Any) -> Markup:  # Any: each template says what it takes
    """A whole template; what it makes is HTML already, so that another may take it in."""
    return Markup(environment().get_template(template).render(**data))  # noqa: S704


def blocks(given: list[dict[str, Any]], at: Surface) -> Markup:
    """A list of Block Kit blocks."""
    return Markup(environment().get_template("blocks.html").module.blocks(given, at))  # type: ignore[attr-defined]  # noqa: S704


def initials(name: str) -> str:
    """Two letters for an avatar."""
    words = [word for word in name.split() if word[:1].isalnum()] or ["?"]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def tint(id: str) -> int:
    """Which of the avatar colours somebody has, always the same."""
    return sum(id.encode()) % TINTS


def github_time(stamp: str, who: Reader) -> str:
    """A moment as GitHub keeps it, in the reader's words and zone."""
    at = datetime.fromisoformat(stamp).astimezone(who.zone)
    return dates.in_words("on {date_short} at {time}", at, who.now)


def lines(text: str) -> Markup:
    """Plain text with its line breaks and emoji."""
    return Markup("<br>\n").join(escape(emoji.replace(line)) for line in text.split("\n"))
