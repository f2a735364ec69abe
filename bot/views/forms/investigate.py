"""The form that has an incident looked into: what is to be found out, and what that may cost."""

from bot.budget.caps import Cap, Caps, dollars
from bot.incident.model import Actor, Incident
from bot.incident.requests_investigation import Investigate
from bot.views.forms.parts import Answers, Choice, Memory, View, form, select, text_input
from bot.views.ids import Field, Form

_MAY, _MAY_NOT = "yes", "no"


def build(incident: Incident, memory: Memory, caps: Caps) -> View:
    """The form; `memory.draft` is what was typed already, `memory.investigation` the one to go on from."""
    question = text_input(
        Form.INVESTIGATE,
        Field.QUESTION,
        "What should be found out?",
        initial=memory.draft,
        optional=True,
        example="Why does it fail only in the morning?",
        hint=f"Empty: what is wrong, and why. It costs at most {dollars(caps.of(Cap.RUN))}; Stop ends it at once.",
    )
    title = "Dig deeper" if memory.investigation else "Investigate"
    chosen = {None: "", True: _MAY, False: _MAY_NOT}[incident.models]
    private = "; private incidents are seen by none" if incident.private else ""
    models = select(
        Form.INVESTIGATE,
        Field.MODELS,
        "May models see this incident?",
        (Choice(id=_MAY, label="Yes"), Choice(id=_MAY_NOT, label="No, only rules look")),
        initial=chosen,
        optional=True,
        hint=f"Left open: as configured{private}. It holds for this incident until somebody chooses anew.",
    )
    return form(Form.INVESTIGATE, f"{title}: {incident.key}", "Look into it", memory, [question, models])


def read(view: View, actor: Actor) -> Investigate:
    """Raises Refused, by field."""
    answers = Answers(view)
    question = answers.text(Field.QUESTION)
    models = {_MAY: True, _MAY_NOT: False}.get(answers.choice(Field.MODELS))
    answers.check()
    memory = answers.memory
    about = {"actor": actor, "channel": memory.channel, "incident": memory.incident}
    return Investigate(**about, question=question, after=memory.investigation, models=models)
