"""What stands on GitHub is readable, in the shape the seeds gave it, and safe from what people write."""

import re
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from bot.incident.model import Incident, Report, Resolution
from bot.views import issue as issues
from tests.bot.views.samples import NOW, TEXT, an_incident, incidents

EFFECT = "5d0c7c1e-1111-4222-8333-444455556666"


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(incidents())
def test_the_issue_is_safe_for_any_incident(incident: Incident) -> None:
    """One marker, ours and at the end; no other comment, tag, mention or cross-reference."""
    filed = issues.issue(incident, EFFECT)
    assert filed.title.startswith("[INCIDENT] ")
    assert len(filed.title) <= issues.TITLE
    assert "\n" not in filed.title
    assert len(filed.body) < 65_536
    check(filed.body)


@given(TEXT)
def test_comments_are_safe_for_any_text(text: str) -> None:
    """The same for what is said later."""
    check(issues.update_comment(text, EFFECT))
    check(issues.resolved_comment(Resolution(fix=text, cause=text, ended=NOW, by="U0BOB"), None, EFFECT))
    check(issues.declined_comment(text, EFFECT))
    check(issues.reopened_comment(text, EFFECT))


def check(body: str) -> None:
    """Our marker ends it, and nothing in it does anything."""
    said, mark, rest = re.sub(r"<https?://[^\s<>]+>", "", body).partition(issues.marker(EFFECT))
    assert mark
    assert rest == "\n"
    assert "<" not in said
    assert "-->" not in said
    assert "holdfast:" not in said
    assert re.search(r"@\w", said) is None
    assert re.search(r"#\d", said) is None


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("**bold** and `code`", r"\*\*bold\*\* and \`code\`"),
        ("# heading\n- list\n1. one", "\\# heading\n\\- list\n1\\. one"),
        ("![x](http://evil.example.com)", r"\!\[x\](http://evil.example.com)"),
        ("a < b & c", "a &lt; b &amp; c"),
        ("---", r"\---"),
        ("مرحبا 🔥", "مرحبا 🔥"),
    ],
)
def test_words_show_what_was_written(written: str, shown: str) -> None:
    """Markdown and HTML are shown, not obeyed; other scripts pass."""
    assert issues.words(written) == shown


def test_the_issue_says_what_a_reader_needs() -> None:
    """Start in UTC, service, what is seen and expected, scope, severity, how it was found."""
    link = "https://nextcloud.example.com/a_b_c"
    report = Report(service="Nextcloud", what="502 Bad Gateway", expected="My files", found_by="a user", link=link)
    filed = issues.issue(an_incident(report=report), EFFECT)
    for words in (
        "- **Incident:** INC-12",
        "- **Started:** 2026-11-20 15:00 UTC",
        "- **Service:** Nextcloud",
        "- **Severity:** SEV2: One important service is down.",
        "### What is seen\n\n> 502 Bad Gateway",
        "### What was expected\n\n> My files",
        "- **How found:** a user",
        "- **Link:** <https://nextcloud.example.com/a_b_c>",
    ):
        assert words in filed.body
    assert filed.title == "[INCIDENT] Nextcloud gives 502"
    assert filed.labels == ("incident", "user-report", "sev2", "postmortem-required")


@pytest.mark.parametrize(
    ("scheme", "severity", "labels"),
    [
        ("sev", "SEV1", ("incident", "user-report", "sev1", "postmortem-required")),
        ("sev", "SEV3", ("incident", "user-report", "sev3")),
        ("sev", "SEV4", ("incident", "user-report")),
        ("p0", "P1", ("incident", "user-report", "sev2", "postmortem-required")),
        ("p1", "P3", ("incident", "user-report", "sev3")),
    ],
)
def test_labels_follow_the_severity_in_every_scheme(scheme: str, severity: str, labels: tuple[str, ...]) -> None:
    """The seeds' labels; SEV4 has none of its own."""
    assert issues.labels(an_incident(scheme=scheme, severity=severity)) == labels


def test_a_test_needs_no_postmortem_and_says_that_it_is_one() -> None:
    """Exercises leave no work behind."""
    filed = issues.issue(an_incident(test=True, needs_human=True), EFFECT)
    assert filed.title == "[INCIDENT] [TEST] Nextcloud gives 502"
    assert filed.labels == ("incident", "user-report", "sev2", "needs-human")


def test_comments_begin_as_the_status_page_reads_them() -> None:
    """Bold lead first."""
    fixed = Resolution(fix="Restarted", ended=NOW + timedelta(minutes=45), by="U0BOB")
    said = issues.resolved_comment(fixed, NOW, EFFECT)
    assert said.startswith("**Resolved:** Restarted\n\nEnded 2026-11-20 15:45 UTC after 45 minutes.")
    said = issues.update_comment("Restarting\nNext: Watch it", EFFECT)
    assert said.startswith("**Update:** Restarting\nNext: Watch it\n\n")
