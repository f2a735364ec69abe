"""How an investigation in Slack is read by a test: its lines, its buttons, and whether it is harmless."""

import re
from collections.abc import Iterator

from bot.investigation.model import Stage, Step, Word
from bot.investigation.standing import Money
from bot.views.blocks import Rendered
from bot.views.foreign import is_known
from tests.bot.views.looked import COST
from tests.bot.views.test_messages import check

HOSTS = frozenset({"k8s.example", "x.example"})
SPENT = Money(run=COST, issue=COST)
LINK = re.compile(r"<(?![@#!])([^>|]*)")


def texts(part: object) -> Iterator[str]:
    """Every text of a message that Slack parses."""
    if isinstance(part, list):
        for each in part:
            yield from texts(each)
    elif isinstance(part, dict):
        if part.get("type") == "mrkdwn":
            assert part.get("verbatim") is True, "Slack would make links of what only looks like one"
            yield part["text"]
        yield from (text for each in part.values() for text in texts(each))


def lines(shown: Rendered | None) -> list[str]:
    """All of it, line by line, with every space as a plain one."""
    assert shown is not None
    return [line.replace("\N{NO-BREAK SPACE}", " ") for text in texts(shown.blocks) for line in text.split("\n")]


def labels(shown: Rendered | None) -> list[str]:
    """What can be pressed, in order."""
    assert shown is not None
    found = [e for block in shown.blocks for e in (*block.get("elements", ()), block.get("accessory", {}))]
    return [e["text"]["text"] for e in found if e.get("type") == "button"]


def harmless(shown: Rendered) -> None:
    """Slack takes it, nobody is called but people by name, and no link leads elsewhere."""
    check(shown)
    for text in (shown.text, *texts(shown.blocks)):
        assert not re.search(r"<!(?!date\^)", text)
        assert all(is_known(address, HOSTS) for address in LINK.findall(text)), text


def steps(*words: tuple[Stage, Word]) -> list[Step]:
    """A line for each."""
    return [Step(stage=stage, key=str(n), text=f"line {n}", word=word) for n, (stage, word) in enumerate(words)]
