"""A document's Markdown as HTML that does nothing: no script, no style, nothing fetched from elsewhere."""

import re
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from markupsafe import Markup, escape

#: HTML that documents write by hand and that can do nothing; without attributes.
_HARMLESS = re.compile(r"<(/?(?:br|details|summary|sub|sup|kbd|del|ins))\s*/?>", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(?:-->|$)", re.DOTALL)
_TASK = re.compile(r"<li>(\s*<p>)?\[([ xX])\]\s")

Link = Callable[[str], str]


def to_html(text: str, link: Link = str) -> Markup:
    """The text as HTML. `link` says where a link of the document leads; other HTML shows as it was written."""
    html = str(_parser().render(text, {"link": link}))
    return Markup(_TASK.sub(_task, html))  # noqa: S704 - the renderer escapes all but the tags above


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    parser.add_render_rule("html_block", _raw)
    parser.add_render_rule("html_inline", _raw)
    parser.add_render_rule("link_open", _link_open)
    parser.add_render_rule("image", _image)
    parser.add_render_rule("table_open", lambda *_: '<div class="wide"><table>\n')
    parser.add_render_rule("table_close", lambda *_: "</table></div>\n")
    return parser


Env = MutableMapping[str, Any]  # Any: what markdown-it hands through


def _raw(_: RendererHTML, tokens: Sequence[Token], number: int, *__: object) -> str:
    """HTML in the document: comments vanish, harmless tags stay, the rest is shown as text."""
    parts = _HARMLESS.split(_COMMENT.sub("", tokens[number].content))
    parts[::2] = [str(escape(part)) for part in parts[::2]]
    parts[1::2] = [f"<{tag.lower()}>" for tag in parts[1::2]]
    return "".join(parts)


def _link_open(renderer: RendererHTML, tokens: Sequence[Token], number: int, options: OptionsDict, env: Env) -> str:
    token = tokens[number]
    link: Link = env["link"]
    token.attrSet("href", link(str(token.attrGet("href") or "")))
    token.attrSet("rel", "noopener noreferrer nofollow")
    return renderer.renderToken(tokens, number, options, env)


def _image(renderer: RendererHTML, tokens: Sequence[Token], number: int, options: OptionsDict, env: Env) -> str:
    """A picture of somewhere else is a link to it: whoever reads the page is not told of there."""
    token = tokens[number]
    source, words = str(token.attrGet("src") or ""), token.content or "picture"
    if re.match(r"(?:[a-z][a-z0-9+.-]*:|//)", source, re.IGNORECASE):
        return str(Markup('<a href="{}" rel="noopener noreferrer nofollow">{}</a>').format(source, words))
    return str(Markup('<img src="{}" alt="{}" loading="lazy">').format(source, words))


def _task(found: re.Match[str]) -> str:
    done = " checked" if found[2] != " " else ""
    return f'<li class="task">{found[1] or ""}<input type="checkbox" disabled{done}> '


def between(pages: Mapping[str, str]) -> Link:
    """Links between documents become links between their pages, also those that leave the ending out."""

    def link(address: str) -> str:
        path, mark, anchor = address.removeprefix("./").partition("#")
        page = pages.get(path) or pages.get(f"{path}.md")
        return f"{page}{mark}{anchor}" if page else address

    return link
