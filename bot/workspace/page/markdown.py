"""GitHub's Markdown as HTML, with raw HTML shown as text and comments hidden, as a reader of an issue sees it."""

import re
from functools import cache

from markdown_it import MarkdownIt
from markupsafe import Markup

from bot.workspace.page import emoji

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TASK = re.compile(r"<li>(<p>)?\[([ xX])\] ")


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"]).disable("image")


def to_html(text: str) -> Markup:
    """The text as HTML; links lead nowhere but to http, https and mail."""
    html = str(_parser().render(emoji.replace(_COMMENT.sub("", text))))
    return Markup(_TASK.sub(_task, html))  # noqa: S704 - the parser escapes all raw HTML, which a property test holds it to


def _task(found: re.Match[str]) -> str:
    done = found[2] != " "
    return f'<li class="task">{found[1] or ""}<input type="checkbox" disabled{" checked" if done else ""}> '
