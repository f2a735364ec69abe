"""Every form, there and back: what was filled in is what is read, and what is missing is said at its field."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.budget.caps import Caps
from bot.errors import Refused
from bot.incident.asking import About
from bot.incident.model import Impact, Incident, State
from bot.incident.requests import (
    Acknowledge,
    AddLink,
    AssessImpact,
    Call,
    ChangeSeverity,
    ChangeStatus,
    Close,
    Confirm,
    Decline,
    Escalate,
    MakePrivate,
    Merge,
    OfferLead,
    PlayRole,
    PostUpdate,
    Reopen,
    Resolve,
    TakeLead,
)
from bot.incident.requests_investigation import Investigate, Wrong
from bot.incident.roles import SHIPPED
from bot.incident.severity import Answers as Impacts
from bot.incident.severity import Share, Symptom
from bot.views.forms import (
    ack,
    call,
    close,
    confirm,
    decline,
    escalate,
    handover,
    impact,
    investigate,
    lead,
    link,
    merge,
    private,
    reopen,
    resolve,
    role,
    severity,
    status,
    update,
    wrong,
)
from bot.views.forms.parts import METADATA, Answers, Memory, View
from bot.views.ids import Form
from bot.workspace.slack import validate
from tests.bot.views.filling import filled
from tests.bot.views.samples import NOW, TEXT, an_incident, incidents

HERE = Memory(incident="incident-12", channel="C0ROOM")
ABOUT: dict[str, Any] = {"actor": "U0ANA", "channel": "C0ROOM", "incident": "incident-12"}


ROUND_TRIPS: list[tuple[Any, dict[str, Any], About]] = [
    (
        update,
        {"text": "Restarting", "next_steps": "Watch", "next_update": "30"},
        PostUpdate(**ABOUT, text="Restarting", next_steps="Watch", next_update=30),
    ),
    (update, {"text": "Restarting"}, PostUpdate(**ABOUT, text="Restarting")),
    (
        severity,
        {"severity": "SEV1", "reason": "Data is at risk"},
        ChangeSeverity(**ABOUT, severity="SEV1", reason="Data is at risk"),
    ),
    (
        status,
        {"state": "monitoring", "note": "Looks good"},
        ChangeStatus(**ABOUT, state=State.MONITORING, note="Looks good"),
    ),
    (lead, {"lead": "U0BOB"}, TakeLead(**ABOUT, lead="U0BOB", instead_of="U0ANA")),
    (
        resolve,
        {"fix": "Restarted", "cause": "Full disk", "ended": 1795186800},
        Resolve(**ABOUT, fix="Restarted", cause="Full disk", ended=NOW),
    ),
    (resolve, {"fix": "Restarted"}, Resolve(**ABOUT, fix="Restarted")),
    (reopen, {"reason": "It is back"}, Reopen(**ABOUT, reason="It is back")),
    (close, {}, Close(**ABOUT)),
    (close, {"note": "Done"}, Close(**ABOUT, note="Done")),
    (decline, {"checked": "All probes"}, Decline(**ABOUT, checked="All probes")),
    (confirm, {"words": "Still 502"}, Confirm(**ABOUT, works=False, words="Still 502")),
    (
        severity,
        {"severity": "by_answers", "symptom": "down", "share": "some", "flags": ["core", "security"]},
        ChangeSeverity(
            **ABOUT,
            severity="",
            answers=Impacts(symptom=Symptom.DOWN, share=Share.SOME, core=True, security=True),
        ),
    ),
    (role, {"role": "scribe"}, PlayRole(**ABOUT, role="scribe", person="U0ANA")),
    (
        role,
        {"role": "scribe", "person": "U0BOB", "leave": "leaves"},
        PlayRole(**ABOUT, role="scribe", person="U0BOB", leave=True),
    ),
    (
        handover,
        {"lead": "U0BOB", "summary": "Look at the disk"},
        OfferLead(**ABOUT, to="U0BOB", summary="Look at the disk"),
    ),
    (call, {"person": "U0BOB", "reason": "The disk"}, Call(**ABOUT, person="U0BOB", reason="The disk")),
    (call, {"role": "scribe"}, Call(**ABOUT, role="scribe")),
    (escalate, {"reason": "Nobody here may"}, Escalate(**ABOUT, reason="Nobody here may")),
    (ack, {}, Acknowledge(**ABOUT)),
    (
        impact,
        {"users": "Forty", "data": "None lost"},
        AssessImpact(**ABOUT, impact=Impact(users="Forty", data="None lost")),
    ),
    (link, {"link": "https://x.example", "name": "Board"}, AddLink(**ABOUT, url="https://x.example", name="Board")),
    (merge, {"into": "INC-7", "note": "Same disk"}, Merge(**ABOUT, into="INC-7", note="Same disk")),
    (private, {"reason": "A name is in it"}, MakePrivate(**ABOUT, reason="A name is in it")),
    (investigate, {"question": "Why at night?"}, Investigate(**ABOUT, question="Why at night?")),
    (investigate, {"models": "no"}, Investigate(**ABOUT, models=False)),
    (investigate, {}, Investigate(**ABOUT)),
    (wrong, {"reason": "The node is new"}, Wrong(**ABOUT, investigation="", reason="The node is new")),
]


def built(form: Any, incident: Incident, memory: Memory) -> View:  # Any: a module
    """The form with whatever it needs beside the incident."""
    beside = {
        role: SHIPPED,
        call: SHIPPED,
        merge: (an_incident(id="i7", number=7),),
        severity: Impacts(),
        investigate: Caps(),
    }
    return form.build(incident, memory, beside[form]) if form in beside else form.build(incident, memory)  # type: ignore[no-any-return]


@pytest.mark.parametrize(("form", "said", "request_"), ROUND_TRIPS, ids=lambda value: getattr(value, "__name__", ""))
def test_what_is_filled_in_is_what_is_read(form: Any, said: dict[str, Any], request_: About) -> None:  # Any: a module
    """The form is one Slack takes, and its answer is the request."""
    ended = {"state": State.RESOLVED, "severity": "SEV4"} if form is close else {}  # only then there is one
    view = built(form, an_incident(lead="U0ANA", **ended), HERE)
    assert validate.view(view) == []
    assert form.read(filled(view, **said), "U0ANA") == request_


REQUIRED = [
    (update, "text"),
    (severity, "reason"),
    (status, "state"),
    (lead, "lead"),
    (resolve, "fix"),
    (reopen, "reason"),
    (decline, "checked"),
    (confirm, "words"),
    (role, "role"),
    (handover, "lead"),
    (call, "person"),
    (escalate, "reason"),
    (link, "link"),
    (private, "reason"),
    (wrong, "reason"),
]


#: Forms in which more than one answer is needed.
ALSO = {handover: {"summary"}}


@pytest.mark.parametrize(("form", "field"), REQUIRED, ids=lambda value: getattr(value, "__name__", str(value)))
def test_what_is_missing_is_said_at_its_field(form: Any, field: str) -> None:  # Any: a module
    """Also where only blanks were typed."""
    view = filled(built(form, an_incident(), HERE))
    with pytest.raises(Refused) as refusal:
        form.read(view, "U0ANA")
    assert set(refusal.value.fields) == {field} | ALSO.get(form, set())
    assert refusal.value.fields[field].endswith(".")


FORMS = sorted({form for form, *_ in ROUND_TRIPS}, key=lambda module: str(module.__name__))


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(incidents(), TEXT)
def test_every_form_is_valid_for_any_incident_and_draft(incident: Incident, draft: str) -> None:
    """Whatever the incident is called, and whatever was typed before."""
    for form in FORMS:
        view = built(form, incident, Memory(incident=incident.id, channel="C0ROOM", draft=draft))
        assert validate.view(view) == []
        assert Memory.of(view).incident == incident.id


@given(st.text(max_size=6000), TEXT)
def test_a_forms_memory_fits_and_is_read_back(draft: str, incident: str) -> None:
    """private_metadata has 3,000 characters; a draft that does not fit is shortened, ids are not."""
    memory = Memory(incident=incident[:40], channel="C0ROOM", draft=draft)
    written = memory.written()
    assert len(written) <= METADATA
    read = Memory.of({"private_metadata": written})
    assert read.incident == incident[:40]
    assert draft.startswith(read.draft)
    assert len(draft) > 500 or read.draft == draft


@pytest.mark.parametrize("foreign", ["", "x", "[]", '{"inc":"INC-7"}', "{" * 3000, None])
def test_memory_that_is_not_ours_is_empty(foreign: str | None) -> None:
    """A view of an older version is no error."""
    assert Memory.of({"private_metadata": foreign}) == Memory()


def test_a_form_without_state_has_no_answers() -> None:
    """Nothing filled in reads as nothing."""
    answers = Answers({"callback_id": Form.UPDATE})
    assert answers.wrong == {}
    assert answers.memory == Memory()
