"""The site of all post-mortems: an index that can be searched and a page each, as files with nothing from elsewhere."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.pages.markdown import between, to_html
from bot.postmortem.card import Card, card
from bot.postmortem.document.name import SITE_MARK, is_document
from bot.postmortem.policy import Policy
from bot.postmortem.reader import read

#: By which a folder is known to be ours to write.
MARK = SITE_MARK
_PLAIN = ("style.css", "search.js", "icon.svg")


def site(documents: Mapping[str, str], title: str, policy: Policy) -> dict[str, str]:
    """Every file of the site by its name. `documents` are Markdown by file name; names that no address can hold, and
    files beside the documents such as README.md, are left out.
    """
    kept = {name: text for name, text in documents.items() if is_document(name)}
    cards = {name: card(text, read(name, text, policy)) for name, text in kept.items()}
    link = between({name: found.page for name, found in cards.items()})
    whole = {
        found.page: _page("page.html", title=title, card=found, body=to_html(kept[name], link))
        for name, found in cards.items()
    }
    whole["index.html"] = _page("index.html", title=title, cards=_newest_first(cards.values()))
    folder = files(__package__) / "templates"
    plain = {name: (folder / name).read_text(encoding="utf-8") for name in _PLAIN}
    return {MARK: "", ".nojekyll": ""} | plain | whole  # the mark first: a folder half written is still ours


def _newest_first(cards: Iterable[Card]) -> list[Card]:
    return sorted(cards, key=lambda found: (found.day or date.min, found.name), reverse=True)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _page(template: str, **data: object) -> str:
    return _environment().get_template(template).render(**data)
