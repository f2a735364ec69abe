"""Writes docs/severity.md from the schemes: `python -m tests.bot.incident.severity_page`; a test compares."""

from pathlib import Path

from bot.incident.catalogue import ERROR_KINDS
from bot.incident.schemes import SCHEMES
from bot.incident.severity import Level, Scheme, in_words
from tests.architecture.generated import table

PATH = Path(__file__).parents[3] / "docs" / "severity.md"

INTRO = """# Severity

How bad an incident is follows from answers, never from words: the declare form asks for them, the catalogue knows
which services are core, and a person can change the result with a reason. The first row that applies decides. Not
knowing how many people it reaches is never read as few. Why the schemes are as they are:
[ADR 0002](adr/0002-severity.md).

`severity.scheme` in `holdfast.yml` chooses the scheme; an incident keeps the one it was declared under.

What starts by itself, the status page, and clocks that remind come with later versions; until then they are what people
go by.
"""


def page() -> str:
    """The whole page."""
    kinds = (
        (kind.label, kind.symptom.value, "data at risk" if kind.data_at_risk else "") for kind in ERROR_KINDS.values()
    )
    parts = [INTRO, "## What a kind of error says\n", table(("kind of error", "symptom", "and"), kinds)]
    for scheme in SCHEMES.values():
        parts += _scheme(scheme)
    return "\n".join(parts)


def _scheme(scheme: Scheme) -> list[str]:
    levels = ((level.title, level.criteria, "; ".join(level.examples), _follows(level)) for level in scheme.levels)
    rules = ((rule.conditions(), rule.level, rule.because) for rule in scheme.rules)
    return [
        f"## `{scheme.id}`\n",
        table(("level", "when", "examples", "what follows"), levels),
        table(("answers", "level", "because"), rules),
    ]


def _follows(level: Level) -> str:
    parts = [
        f"response {level.response}",
        f"an update {'every ' if level.update_every else ''}{in_words(level.update_every)}",
        f"starts {level.starts}",
        "a room" if level.room else "a thread",
    ]
    parts += ["a post-mortem", "on the status page"] if level.postmortem_required and level.status_page else []
    return ", ".join(parts)


if __name__ == "__main__":
    PATH.write_text(page(), encoding="utf-8")
