"""The handover form: who is asked to lead, and what they need to know."""

from bot.incident.model import Actor, Incident
from bot.incident.requests import OfferLead
from bot.views.blocks import context, who
from bot.views.forms.parts import Answers, Memory, View, form, person, text_input
from bot.views.ids import Field, Form


def build(incident: Incident, memory: Memory) -> View:
    """The form; the summary begins with the last update, which is what most people would write."""
    last = incident.last_update
    known = f"{last.text}\nNext: {last.next_steps}" if last and last.next_steps else last.text if last else ""
    blocks = [
        person(Form.HANDOVER, Field.LEAD, "Who should lead?", ""),
        text_input(
            Form.HANDOVER,
            Field.SUMMARY,
            "What do they need to know?",
            initial=memory.draft or known,
            example="What is known, what was tried, what comes next, who is doing what.",
        ),
        context(f"Now: {who(incident.lead)}. The lead passes when they accept; until then nothing changes."),
    ]
    return form(Form.HANDOVER, f"Hand over {incident.key}", "Ask them", memory, blocks)


def read(view: View, actor: Actor) -> OfferLead:
    """Raises Refused, by field."""
    answers = Answers(view)
    to = answers.choice(Field.LEAD, "Choose somebody.")
    summary = answers.text(Field.SUMMARY, "Write what they need to know.")
    answers.check()
    memory = answers.memory
    return OfferLead(actor=actor, channel=memory.channel, incident=memory.incident, to=to, summary=summary)
