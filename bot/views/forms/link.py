"""The link form: a page worth having at hand, and what it is."""

from bot.incident.model import Actor, Incident
from bot.incident.requests import AddLink
from bot.views.forms.parts import Answers, Memory, View, form, text_input
from bot.views.ids import Field, Form


def build(incident: Incident, memory: Memory) -> View:
    """The form; `memory.draft` is what was typed already."""
    url, _, name = memory.draft.partition(" ")
    blocks = [
        text_input(Form.LINK, Field.LINK, "Address", initial=url, lines=False, example="https://…"),
        text_input(
            Form.LINK,
            Field.NAME,
            "What is it?",
            initial=name,
            optional=True,
            lines=False,
            example="Dashboard of the database",
        ),
    ]
    return form(Form.LINK, f"Link for {incident.key}", "Add", memory, blocks)


def read(view: View, actor: Actor) -> AddLink:
    """Raises Refused, by field."""
    answers = Answers(view)
    url = answers.text(Field.LINK, "Paste the address; it begins with https://.")
    answers.check()
    memory = answers.memory
    return AddLink(
        actor=actor, channel=memory.channel, incident=memory.incident, url=url, name=answers.text(Field.NAME)
    )
