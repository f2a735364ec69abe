"""The severity form: by answering what it does to people, or by choosing a level and saying why."""

from bot.errors import Refused
from bot.incident.model import Actor, Incident
from bot.incident.requests import ChangeSeverity
from bot.incident.schemes import level_of, scheme
from bot.incident.severity import Answers as Impacts
from bot.incident.severity import Share, Symptom, assess
from bot.views.blocks import context, safe, section
from bot.views.forms.parts import Answers, Choice, Memory, View, checks, form, select, text_input
from bot.views.ids import Field, Form

#: The choice that leaves the level to the answers.
BY_ANSWERS = "by_answers"
_SYMPTOMS = (
    Choice(id=Symptom.DOWN, label="It cannot be used at all"),
    Choice(id=Symptom.FEATURE, label="Something important in it does not work"),
    Choice(id=Symptom.SLOW, label="It is slow"),
    Choice(id=Symptom.COSMETIC, label="It looks wrong, and works"),
    Choice(id=Symptom.NONE, label="Nothing is broken now"),
    Choice(id=Symptom.UNKNOWN, label="Not known yet"),
)
_SHARES = (
    Choice(id=Share.FEW, label="One person, or under a tenth"),
    Choice(id=Share.SOME, label="Some"),
    Choice(id=Share.EVERYONE, label="Everyone"),
    Choice(id=Share.UNKNOWN, label="Not known yet"),
)
_FLAGS = (
    Choice(id="core", label="A core service (sign-in, DNS, ingress, database, node)"),
    Choice(id="several", label="Several services"),
    Choice(id="data_at_risk", label="Data is lost, wrong, or may be at risk"),
    Choice(id="security", label="It concerns security"),
    Choice(id="workaround", label="There is a way around it"),
)


def build(incident: Incident, memory: Memory, impacts: Impacts) -> View:
    """The form; `impacts` are the answers so far, and what they come to stands below them."""
    known = scheme(incident.scheme)
    said = assess(known, impacts)
    by_answers = Choice(id=BY_ANSWERS, label=f"As the answers below say: {known.level(said.level).title}")
    levels = [Choice(id=level.id, label=level.title) for level in known.levels]
    ticked = [flag.id for flag in _FLAGS if getattr(impacts, flag.id)]
    kind, chosen, reason = Form.SEVERITY, level_of(incident).id, memory.draft
    first, _, rest = memory.draft.partition(" ")
    if named := next((level.id for level in known.levels if level.id.casefold() == first.casefold()), None):
        chosen, reason = named, rest
    blocks = [
        select(kind, Field.SEVERITY, "Severity", [*levels, by_answers], initial=chosen),
        text_input(
            kind,
            Field.REASON,
            "Why?",
            initial=reason,
            optional=True,
            hint="Needed where you choose the level yourself; others follow it.",
        ),
        section("*Not sure? Answer these instead.*"),
        select(kind, Field.SYMPTOM, "What is wrong?", _SYMPTOMS, initial=impacts.symptom, changes_form=True),
        select(kind, Field.SHARE, "How many people does it reach?", _SHARES, initial=impacts.share, changes_form=True),
        checks(kind, Field.FLAGS, "Does any of this apply?", _FLAGS, initial=ticked, changes_form=True),
        context(f"These answers come to *{known.level(said.level).title}*: {safe(said.reason, 300)}"),
        context(*(f"*{level.title}* {level.criteria}" for level in known.levels)),
    ]
    return form(kind, f"Severity of {incident.key}", "Change", memory, blocks)


def answered(view: View) -> Impacts:
    """The answers as they stand in a form that may still be open."""
    answers = Answers(view)
    symptom, share = answers.choice(Field.SYMPTOM), answers.choice(Field.SHARE)
    ticked = answers.ticked(Field.FLAGS)
    return Impacts(
        symptom=Symptom(symptom) if symptom in set(Symptom) else Symptom.UNKNOWN,
        share=Share(share) if share in set(Share) else Share.UNKNOWN,
        core="core" in ticked,
        several="several" in ticked,
        data_at_risk="data_at_risk" in ticked,
        security="security" in ticked,
        workaround="workaround" in ticked,
    )


def read(view: View, actor: Actor) -> ChangeSeverity:
    """Raises Refused, by field. A level that somebody chooses themselves needs their reason."""
    answers = Answers(view)
    level, reason = answers.choice(Field.SEVERITY, "Choose a severity."), answers.text(Field.REASON)
    memory = answers.memory
    answers.check()
    by_answers = level == BY_ANSWERS
    if not by_answers and not reason:
        sentence = "Say why, so that others can follow."
        raise Refused(sentence, {Field.REASON: sentence})
    return ChangeSeverity(
        actor=actor,
        channel=memory.channel,
        incident=memory.incident,
        severity="" if by_answers else level,
        reason=reason,
        answers=answered(view) if by_answers else None,
    )
