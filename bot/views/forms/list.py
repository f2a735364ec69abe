"""The search form: words and facts; what is filled in reads as the line that somebody else would type."""

from collections.abc import Sequence

from bot.incident.model import State
from bot.incident.severity import Scheme
from bot.views.forms.parts import Answers, Choice, Memory, View, checks, form, person, select, text_input
from bot.views.ids import Field, Form
from bot.views.words import STATES

_KIND = Form.LIST
_STATUSES = (
    Choice(id="open", label="Everything open"),
    Choice(id="over", label="Everything that is over"),
    *(Choice(id=state, label=STATES[state]) for state in State if state is not State.REPORTED),
)
_TIMES = (
    Choice(id="24h", label="24 hours"),
    Choice(id="7d", label="7 days"),
    Choice(id="30d", label="30 days"),
    Choice(id="365d", label="a year"),
)


def build(services: Sequence[str], scheme: Scheme, memory: Memory) -> View:
    """The form; `services` are names of the catalogue."""
    named = [Choice(id=name[:150], label=name) for name in services]
    levels = [Choice(id=level.id, label=level.title) for level in scheme.levels]
    blocks = [
        text_input(
            _KIND,
            Field.WORDS,
            "Words",
            initial=memory.draft,
            optional=True,
            lines=False,
            example="nextcloud 502",
            hint="Every word has to be there, or one that begins with it.",
        ),
        select(_KIND, Field.SERVICE, "Service", named, optional=True),
        select(_KIND, Field.SEVERITY, "Severity", levels, optional=True),
        select(_KIND, Field.STATUS, "Status", _STATUSES, optional=True),
        person(_KIND, Field.BY, "Reported by", "") | {"optional": True},
        person(_KIND, Field.LEAD, "Led by", "") | {"optional": True},
        select(_KIND, Field.SINCE, "Reported in the last", _TIMES, optional=True),
        checks(_KIND, Field.ALL, "Also", [Choice(id="all", label="What is over")]),
    ]
    return form(_KIND, "Find incidents", "Search", memory, blocks)


def read(view: View) -> str:
    """The question, as it could have been typed after `/incident list`."""
    answers = Answers(view)
    quoted = answers.choice(Field.SERVICE).replace('"', "")
    parts = [
        " ".join(answers.text(Field.WORDS).split()),
        f'service:"{quoted}"' if quoted else "",
        *(
            f"{field}:{chosen}"
            for field in (Field.SEVERITY, Field.STATUS, Field.SINCE)
            if (chosen := answers.choice(field))
        ),
        *(f"{field}:<@{chosen}>" for field in (Field.BY, Field.LEAD) if (chosen := answers.choice(field))),
        "all" if answers.ticked(Field.ALL) else "",
    ]
    return " ".join(part for part in parts if part)
