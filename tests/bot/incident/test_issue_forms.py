"""A report filed on GitHub is read as its form asked for it, whatever else its author wrote."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.incident.catalogue import Catalogue, Service
from bot.incident.issue_forms import ERROR, FEATURE, LINK, OUTAGE, SCOPE, SERVICE, WHAT, WHEN, Kind, kind_of, read
from bot.incident.model import Scope
from bot.views.issue_forms import HEADER, files
from bot.workspace.github.forms import Form
from bot.workspace.github.forms import read as as_github_reads

CATALOGUE = Catalogue(services=(Service(name="Nextcloud (files, calendar)"), Service(name="dns", core=True)))
FILED = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)
ANSWERS = {
    "service": "Nextcloud (files, calendar)",
    "description": "502 Bad Gateway on every page",
    "error_type": "502 Bad Gateway",
    "when": "about 14:00 UTC",
    "scope": "Several people are affected",
    "url": "https://nextcloud.example.com/apps",
}


def outage() -> Form:
    """The form, as GitHub understands what we write."""
    return as_github_reads(files(CATALOGUE)["outage-report.yml"])


def test_the_forms_are_ones_that_github_takes() -> None:
    """Labels, choices and keys; every question of ours is asked, and the services are those of the catalogue."""
    form, wish = outage(), as_github_reads(files(CATALOGUE)["feature-request.yml"])
    assert [(each.id, each.label) for each in form.questions] == [(each.id, each.label) for each in OUTAGE]
    assert form.questions[0].options == ("Nextcloud (files, calendar)", "dns", "Other")
    assert (form.labels, wish.labels) == (("user-report",), ("feature-request",))
    assert [each.label for each in wish.questions] == [each.label for each in FEATURE]
    assert all(text.startswith(HEADER) for text in files(CATALOGUE).values())


def test_what_was_filed_is_read_back() -> None:
    """Every answer arrives in its field."""
    report = read("Nextcloud is down", outage().body(ANSWERS), CATALOGUE, FILED, "UTC")
    assert (report.service, report.what) == ("Nextcloud (files, calendar)", "502 Bad Gateway on every page")
    assert (report.error_kind, report.scope) == ("bad_gateway", Scope.MULTIPLE)
    assert report.started == datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
    assert report.link == "https://nextcloud.example.com/apps"


def test_what_was_left_out_is_left_out() -> None:
    """GitHub writes `_No response_` then."""
    body = outage().body({key: ANSWERS[key] for key in ("service", "description", "error_type")})
    report = read("x", body, CATALOGUE, FILED, "UTC")
    assert (report.started, report.scope, report.link) == (None, Scope.NOT_SURE, "")


@pytest.mark.parametrize(
    ("when", "zone", "hour"),
    [
        ("14:00", "UTC", 14),
        ("14:00", "Europe/Madrid", 13),
        ("since 13:30 UTC", "UTC", 13),
        ("10 minutes ago", "UTC", 14),
    ],
)
def test_a_time_is_read_where_its_reporter_is(when: str, zone: str, hour: int) -> None:
    """The field asks for a beginning, so a time alone is one."""
    report = read("x", outage().body(ANSWERS | {"when": when}), CATALOGUE, FILED, zone)
    assert report.started is not None
    assert report.started.hour == hour


@given(st.text(max_size=300), st.sampled_from([f"\n### {each.label}\n\n" for each in OUTAGE]), st.text(max_size=300))
def test_headings_in_the_free_text_change_no_other_answer(before: str, heading: str, after: str) -> None:
    """Whoever writes a form's heading into what they see only writes it there."""
    body = outage().body(ANSWERS | {"description": f"it is broken {before}{heading}Login or so\n\n{after}"})
    report = read("x", body, CATALOGUE, FILED, "UTC")
    assert (report.error_kind, report.scope, report.link) == ("bad_gateway", Scope.MULTIPLE, ANSWERS["url"])
    assert report.service == "Nextcloud (files, calendar)"
    assert report.what.startswith("it is broken")


@given(st.text(), st.text(max_size=2000))
def test_anything_at_all_can_be_read(title: str, body: str) -> None:
    """No body breaks the reader, and each gives a report that says something."""
    assert read(title, body, CATALOGUE, FILED, "Nowhere/At all").what
    kind_of(body, ())


def test_an_issue_without_the_form_is_read_by_its_words() -> None:
    """A collaborator may label any issue as a report."""
    report = read("dns is down since 14:00 UTC", "Nothing resolves for everybody", CATALOGUE, FILED, "UTC")
    assert (report.service, report.scope) == ("dns", Scope.MULTIPLE)


def test_what_an_issue_is() -> None:
    """Its label says so, or its form where the label is missing; all else is left alone."""
    body = outage().body(ANSWERS)
    wish = f"### {FEATURE[0].label}\n\nA wiki"
    assert kind_of("", ("User-Report",)) is Kind.OUTAGE
    assert kind_of("", ("feature-request", "bug")) is Kind.FEATURE
    assert (kind_of(body, ()), kind_of(wish, ())) == (Kind.OUTAGE, Kind.FEATURE)
    assert kind_of("It is broken", ("bug",)) is None
    assert kind_of(f"I quote: ### {SERVICE.label}", ()) is None


def test_what_nobody_sees_is_not_read() -> None:
    """Comments and marks that reorder text are gone; an endless comment ends with the body."""
    hidden = "502 <!-- holdfast:1 --> here \u202e<!-- and\n### Link\n never closed"
    report = read("x", outage().body(ANSWERS | {"description": hidden}), CATALOGUE, FILED, "UTC")
    assert "holdfast" not in report.what
    assert {WHAT.id, ERROR.id, WHEN.id, SCOPE.id, LINK.id} <= set(ANSWERS)
