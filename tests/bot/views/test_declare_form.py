"""The declare form: prefilled with anything, read whole, and kind about what is missing."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import Refused
from bot.incident.catalogue import ERROR_KINDS, OTHER, Catalogue, Service
from bot.incident.model import Incident, Report, Scope
from bot.incident.report import Draft
from bot.views.forms import declare
from bot.views.forms.declare import DeclareForm
from bot.views.forms.parts import Memory, View
from bot.workspace.slack import validate
from tests.bot.incident.examples import QUICK_CHECKS
from tests.bot.views.filling import filled
from tests.bot.views.samples import TEXT, an_incident, incidents

CATALOGUE = Catalogue(services=(Service(name="Nextcloud"), Service(name="DNS", core=True)))


DRAFTS = st.builds(
    Draft,
    service=st.one_of(st.sampled_from(("Nextcloud", "DNS", OTHER, "")), TEXT),
    what=TEXT,
    error_kind=st.one_of(st.sampled_from(tuple(ERROR_KINDS)), TEXT),
    started=st.one_of(st.none(), st.datetimes(timezones=st.just(UTC))),
    scope=st.one_of(st.none(), st.sampled_from(Scope)),
    link=TEXT,
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(DRAFTS, st.lists(incidents(), max_size=6), TEXT)
def test_the_declare_form_is_valid_for_any_draft(draft: Draft, known: list[Incident], zone: str) -> None:
    """Prefilled with anything, beside any known incidents."""
    model = DeclareForm(draft=draft, catalogue=CATALOGUE, quick_checks=QUICK_CHECKS, zone=zone, known=tuple(known))
    assert validate.view(declare.build(model)) == []


def form(**draft: Any) -> View:  # Any: the draft's fields
    """The declare form, opened in #alerts."""
    memory = Memory(channel="C0ALERTS")
    return declare.build(
        DeclareForm(draft=Draft(**draft), catalogue=CATALOGUE, quick_checks=QUICK_CHECKS, memory=memory)
    )


def test_a_full_report_is_read_whole() -> None:
    """Every field of the form arrives in the report."""
    view = filled(
        form(),
        service="Nextcloud",
        what="502 Bad Gateway since 14:00 UTC. Other services seem fine.",
        error_kind="bad_gateway",
        started=1795186800,
        scope="multiple",
        flags=["data_at_risk", "workaround", "private"],
        expected="My files",
        link="https://nextcloud.example.com",
        screenshots=[{"id": "F1"}, {"id": "F2"}],
        found_by="a user",
    )
    request = declare.read(view, "U0ANA")
    assert request.actor == "U0ANA"
    assert request.channel == "C0ALERTS"
    assert request.private
    assert request.report == Report(
        service="Nextcloud",
        what="502 Bad Gateway since 14:00 UTC. Other services seem fine.",
        error_kind="bad_gateway",
        started=datetime.fromtimestamp(1795186800, UTC),
        scope=Scope.MULTIPLE,
        link="https://nextcloud.example.com",
        expected="My files",
        found_by="a user",
        data_at_risk=True,
        workaround=True,
        screenshots=("F1", "F2"),
    )


def test_the_minimal_report_of_the_seeds_is_enough() -> None:
    """One telling sentence."""
    view = filled(form(), service=OTHER, what="ha-sofia.example.lan not resolving, NXDOMAIN", error_kind="other")
    assert declare.read(view, "U0ANA").report.service == OTHER


def test_a_report_that_says_nothing_is_answered_kindly() -> None:
    """`Nothing works`: what is missing, field by field."""
    with pytest.raises(Refused) as refusal:
        declare.read(filled(form(), service=OTHER, what="Nothing works", error_kind="other"), "U0ANA")
    assert set(refusal.value.fields) == {"what", "service"}


def test_an_empty_form_names_each_missing_field() -> None:
    """Nothing chosen, nothing said."""
    with pytest.raises(Refused) as refusal:
        declare.read(filled(form()), "U0ANA")
    assert set(refusal.value.fields) == {"service", "what"}


def test_other_asks_which_one() -> None:
    """The field appears with Other, and its words become the service."""
    assert "other_service" not in repr(form(service="DNS"))
    view = filled(form(service=OTHER), other_service="The printer", what="It prints blank pages", error_kind="other")
    assert declare.read(view, "U0ANA").report.service == "The printer"


def test_the_form_shows_what_is_worth_trying_and_what_is_known() -> None:
    """Quick checks by kind and service, and open incidents with a button each."""
    assert "private window" in repr(form(error_kind="login"))
    assert "nslookup" in repr(form(service="DNS"))
    known = DeclareForm(draft=Draft(service="Nextcloud"), catalogue=CATALOGUE, known=(an_incident(),))
    shown = repr(declare.build(known))
    assert "INC-12" in shown
    assert "'value': 'incident-12'" in shown


def test_the_form_says_what_becomes_public_and_which_zone() -> None:
    """Nobody is surprised by what others can read."""
    assert "GitHub issue" in repr(form())
    zoned = DeclareForm(draft=Draft(), catalogue=CATALOGUE, zone="Europe/Sofia")
    assert "Europe/Sofia" in repr(declare.build(zoned))


def test_what_is_chosen_in_an_open_form_can_be_read() -> None:
    """So that the form can be built anew around it."""
    view = filled(form(), service="DNS", error_kind="slow", what="It lags", scope="just_me")
    assert declare.chosen(view) == Draft(service="DNS", error_kind="slow", what="It lags", scope=Scope.JUST_ME)


@pytest.mark.parametrize("count", [0, 1, 100, 101, 950])
def test_any_number_of_services_fits(count: int) -> None:
    """Over a hundred they stand in groups, and are read the same."""
    names = [f"service {number}" for number in range(count)]
    catalogue = Catalogue(services=tuple(Service(name=name) for name in names))
    view = declare.build(DeclareForm(draft=Draft(service=OTHER), catalogue=catalogue))
    assert validate.view(view) == []
    chosen = names[-1] if names else OTHER
    read = declare.read(
        filled(
            view,
            service=chosen,
            what="502 on nextcloud.example.com",
            error_kind="slow",
            **({} if names else {"other_service": "x"}),
        ),
        "U0ANA",
    )
    assert read.report.service == (chosen if names else "x")
