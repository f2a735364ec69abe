"""What leaves Slack: no secrets, no contact details, people by role or name; and everything else as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.outgoing import NO_MAIL, NO_PHONE, Outgoing, named
from bot.redact import MASK, Redactor

NAMES = {"U0BOB": "Bob", "U0ANA": "Ana"}
FILTER = Outgoing(Redactor(["s3cr3t-known"]), lambda person: NAMES.get(person, "somebody"), {"U0ANA": "the reporter"})


@pytest.mark.parametrize(
    ("said", "leaves"),
    [
        ("<@U0BOB> told <@U0ANA|ana>", "Bob told the reporter"),
        ("<@U0NOBODY> too", "somebody too"),
        ("see <#C1|general>, <#C2>", "see #general, #a channel"),
        ("<!here> <!subteam^S1|@ops> <!channel>", "here ops channel"),
        ("since <!date^1790000000^{time}|14:05 UTC>", "since 14:05 UTC"),
        ("mail joe.doe+x@mail.example.org now", f"mail {NO_MAIL} now"),
        ("<mailto:joe@example.org|joe@example.org>", NO_MAIL),
        ("call +49 30 1234 5678 or (030) 123-4567", f"call {NO_PHONE} or {NO_PHONE}"),
        ("call 555-123-4567.", f"call {NO_PHONE}."),
        ("<tel:+15551234567|+1 555>", NO_PHONE),
        ("the key s3cr3t-known leaked", f"the key {MASK} leaked"),
        ("password=hunter2secret", f"password={MASK}"),
    ],
)
def test_what_stays_behind(said: str, leaves: str) -> None:
    """Each of them, as Slack writes it."""
    assert FILTER.text(said) == leaves


@pytest.mark.parametrize(
    "said",
    [
        "10.0.0.12:8080 and 192.168.100.1000 answer 502",
        "2026-11-20 14:05:33 UTC, for 1234567890 ms",
        "user@host: ssh root@db-1 works",
        "version 1.2.3-4567, ticket 123-456",
        "https://grafana.example.com/d/12?from=1790000000&amp;to=1790000100",
        "1790000000.000100",
        "5 < 6 &amp; 7 > 3, see <https://x.example.com|x>",
        "sha 0123456789abcdef0123456789abcdef01234567",
        "000-000-0000-0000 is a serial number",
    ],
)
def test_what_is_no_contact_stays(said: str) -> None:
    """Addresses of hosts, times, counts, versions and links are what an incident is about."""
    assert FILTER.text(said) == said


@given(st.text(max_size=300))
def test_nobody_is_called_and_nothing_breaks(said: str) -> None:
    """Any text: no mention is left, and a second pass changes nothing more."""
    once = FILTER.text(said)
    assert FILTER.text(once) == once
    assert "<@U0" not in FILTER.text(f"{said}<@U0BOB>")


def test_a_megabyte_takes_no_time() -> None:
    """No pattern backtracks, whatever is repeated."""
    for piece in ("a@", "+4", "<@", "0 ", "x.", "<!", "1-", "@a.", "(030) "):
        FILTER.text(piece * (1_000_000 // len(piece)))


def test_names_alone() -> None:
    """For those inside, mentions become names and nothing else changes."""
    assert named("<@U0BOB>: joe@example.org", lambda person: f"@{NAMES[person]}") == "@Bob: joe@example.org"
