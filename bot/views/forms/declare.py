"""The declare form: what a good report needs, with what is worth trying first and what is known already."""

from bot.errors import Refused
from bot.incident.catalogue import ERROR_KINDS, OTHER, Catalogue, QuickCheck, checks_for
from bot.incident.model import Actor, Frozen, Incident, Report, Scope
from bot.incident.report import Draft, missing
from bot.incident.requests import Declare
from bot.views.blocks import Block, button, context, linked, safe, section
from bot.views.card import headline
from bot.views.forms.parts import Answers, Choice, Memory, View, checks, form, moment, pictures, select, text_input
from bot.views.ids import Click, Field, Form
from bot.views.notices import what_becomes_public

_SCOPES = (
    Choice(id=Scope.JUST_ME, label="Just me (others seem fine)"),
    Choice(id=Scope.MULTIPLE, label="Others too"),
    Choice(id=Scope.NOT_SURE, label="Not sure"),
)
_PRIVATE, _TEST = "private", "test"
#: The answer to *is it one of these?* that makes it an incident of its own.
ANEW = "anew"
_FLAGS = (
    Choice(id="several_services", label="Several services are affected"),
    Choice(id="data_at_risk", label="Data is lost, wrong, or may be at risk"),
    Choice(id="security", label="It concerns security (makes it private)"),
    Choice(id="workaround", label="There is a way around it"),
    Choice(id=_PRIVATE, label="Keep this incident private"),
    Choice(id=_TEST, label="This is a drill"),
)


class DeclareForm(Frozen):
    """What the form is made from: what is filled in already, what there is to choose, and what is known.

    `zone` is the IANA name of the reporter's time zone; `known` are open incidents of the service chosen.
    """

    draft: Draft
    catalogue: Catalogue
    quick_checks: tuple[QuickCheck, ...] = ()
    zone: str = "UTC"
    known: tuple[Incident, ...] = ()
    test: bool = False
    memory: Memory = Memory()


def build(model: DeclareForm) -> View:
    """The form. Inputs keep their ids whatever is shown around them, so an update keeps what is filled in."""
    kind, draft = Form.DECLARE, model.draft
    services = [Choice(id=name[:150], label=name) for name in model.catalogue.names]
    kinds = [Choice(id=each.id, label=each.label) for each in ERROR_KINDS.values()]
    other = text_input(kind, Field.OTHER_SERVICE, "Which one?", lines=False, example="The printer in the hall")
    blocks = [
        select(kind, Field.SERVICE, "What is broken?", services, initial=draft.service, changes_form=True),
        *([other] if draft.service == OTHER else []),
        *_known(model.known),
        text_input(kind, Field.WHAT, "What do you see?", initial=draft.what, example=_GOOD, hint=_HINT),
        select(kind, Field.ERROR_KIND, "What kind of error?", kinds, initial=draft.error_kind, changes_form=True),
        *_checks(checks_for(model.quick_checks, draft.error_kind, draft.service)),
        moment(
            kind,
            Field.STARTED,
            "When did it start?",
            draft.started,
            optional=True,
            hint=f"Roughly is fine. Your time zone: {model.zone}.",
        ),
        select(kind, Field.SCOPE, "Just you, or others too?", _SCOPES, initial=draft.scope or Scope.NOT_SURE),
        checks(kind, Field.FLAGS, "Does any of this apply?", _FLAGS, initial=[_TEST] if model.test else []),
        text_input(kind, Field.EXPECTED, "What did you expect?", optional=True),
        text_input(kind, Field.LINK, "Link", initial=draft.link, optional=True, lines=False, example="https://…"),
        pictures(kind, Field.SCREENSHOTS, "Screenshots"),
        text_input(
            kind,
            Field.FOUND_BY,
            "How did you notice?",
            optional=True,
            lines=False,
            hint=_FOUND,
        ),
        context(f"Unless you tick security or private: {_PUBLIC[0].lower()}{_PUBLIC[1:]}"),
    ]
    return form(kind, "Report an incident", "Report", model.memory, blocks)


_PUBLIC = what_becomes_public(private=False)
_GOOD = "502 Bad Gateway on every page; it worked this morning. Other services seem fine."
_HINT = "The message on the screen, the page, and what you did just before."
_FOUND = "An alert, a user, by chance …"


def read(view: View, actor: Actor) -> Declare:
    """Raises Refused, by field, also for a report that nobody could act on."""
    answers = Answers(view)
    service = answers.choice(Field.SERVICE, "Choose what is broken; Other is fine.")
    if service == OTHER and answers.has(Field.OTHER_SERVICE):
        service = answers.text(Field.OTHER_SERVICE, "Say which one, in a word or two.") or OTHER
    what = answers.text(Field.WHAT, "Say what you see: the message, the page, what does not work.")
    scope = answers.choice(Field.SCOPE) or Scope.NOT_SURE
    started = answers.moment(Field.STARTED)
    flags = answers.ticked(Field.FLAGS)
    answers.check()
    report = Report(
        service=service,
        what=what,
        error_kind=_kind(answers.choice(Field.ERROR_KIND)),
        started=started,
        scope=Scope(scope) if scope in set(Scope) else Scope.NOT_SURE,
        link=answers.text(Field.LINK),
        expected=answers.text(Field.EXPECTED),
        found_by=answers.text(Field.FOUND_BY),
        several_services="several_services" in flags,
        data_at_risk="data_at_risk" in flags,
        security="security" in flags,
        workaround="workaround" in flags,
        screenshots=answers.files(Field.SCREENSHOTS),
    )
    if wrong := missing(report):
        raise Refused("This report needs a little more.", wrong)
    joins = answers.choice(Field.JOINS)
    return Declare(
        actor=actor,
        channel=answers.memory.channel,
        report=report,
        private=_PRIVATE in flags,
        test=_TEST in flags,
        joins="" if joins == ANEW else joins,
        anew=joins == ANEW,
    )


def chosen(view: View) -> Draft:
    """What stands in a form that is still open."""
    answers = Answers(view)
    scope = answers.choice(Field.SCOPE)
    return Draft(
        service=answers.choice(Field.SERVICE),
        what=answers.text(Field.WHAT),
        error_kind=answers.choice(Field.ERROR_KIND),
        started=answers.moment(Field.STARTED),
        scope=Scope(scope) if scope in set(Scope) else None,
        link=answers.text(Field.LINK),
    )


def _kind(id: str) -> str:
    if id and id not in ERROR_KINDS:
        raise Refused("This kind of error is not known.", {Field.ERROR_KIND: "Choose one of the list."})
    return id or "other"


def _known(incidents: tuple[Incident, ...]) -> list[Block]:
    """What is open for that service, and whether this is it. What was only just resolved is shown, and not offered."""
    if not incidents:
        return []
    rows = [section(headline(each), button("Show", Click.SHOW, each.id)) for each in incidents[:5]]
    current = [each for each in incidents if each.is_open][:5]
    if not current:
        return [context("Only just resolved. Is it back? Then *Show* and reopen it."), *rows]
    choices = [Choice(id=each.id, label=f"Yes: {each.key} {each.title}") for each in current]
    other = Choice(id=ANEW, label="No, it is something else")
    hint = "If it is, your report is added to it and you are told when it is fixed."
    asked = select(
        Form.DECLARE, Field.JOINS, "Is it one of these?", [*choices, other], initial=choices[0].id, hint=hint
    )
    return [*rows, asked]


def _checks(found: tuple[QuickCheck, ...]) -> list[Block]:
    lines = [
        f"{safe(each.check, 400)}{' ' + linked(each.link.url, each.link.name) if each.link else ''}" for each in found
    ]
    return [context("*Worth a try first*", *lines[:9])] if lines else []
