"""What a document is called: `YYYY-MM-DD-<slug>.md`, the slug of at most five words (seeds 000 and 001)."""

import re
import unicodedata
from collections.abc import Collection
from datetime import date

WORDS, LETTERS = 5, 60
#: A name that is a file's in any web server and in any address.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,150}\.md")
#: By which a folder or a branch is known to be a site of ours.
SITE_MARK = ".holdfast-site"
#: Files that stand beside the documents and are none.
_BESIDE = {"readme.md", "index.md", "template.md", "_template.md"}


def is_document(name: str) -> bool:
    """Whether a file is a post-mortem by its name."""
    return bool(_NAME.fullmatch(name)) and name.casefold() not in _BESIDE


def slug(title: str) -> str:
    """Lower case letters and digits with hyphens between at most five words; `incident` where none is left."""
    letters = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", letters)[:WORDS]
    return "-".join(words)[:LETTERS].strip("-") or "incident"


def file_name(day: date, title: str, taken: Collection[str]) -> str:
    """The first free name of the day for this title: a second one of the same words ends in `-2`. Names differ in more
    than case, since not every disk tells that apart.
    """
    used = {name.casefold() for name in taken}
    stem = f"{day.isoformat()}-{slug(title)}"
    number = 1
    while (name := f"{stem}.md" if number == 1 else f"{stem}-{number}.md") in used:
        number += 1
    return name
