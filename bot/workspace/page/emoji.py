"""The emoji people and the bot use here, by the short names Slack gives them."""

import json
import re
from functools import cache
from importlib.resources import files

#: Offered on every message; the first two put it on the timeline and keep it internal.
QUICK = ("pushpin", "star", "eyes", "white_check_mark", "+1")

SHORTCODE = re.compile(r":([a-z0-9_+'-]+):(?::skin-tone-[2-6]:)?")


@cache
def table() -> dict[str, str]:
    """Characters by short name."""
    return dict(json.loads(files(__package__).joinpath("emoji.json").read_text("utf-8")))


def replace(text: str) -> str:
    """The text with its known short names as characters; one that is unknown stays as it was written."""
    return SHORTCODE.sub(lambda found: table().get(found[1], found[0]), text)


def one(name: str) -> str:
    """The character of one short name, or the name between colons."""
    return table().get(name.partition("::")[0], f":{name}:")
