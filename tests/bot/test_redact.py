"""Secrets do not get through; other words do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.redact import MASK, Redactor, looks_secret


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("xoxb-123456-abcDEF", MASK),
        ("sent xapp-1-A0-99-abc to", f"sent {MASK} to"),
        ("ghp_abcdefghijklmnop", MASK),
        ("github_pat_11AA_bb", MASK),
        ("Authorization: Bearer abc.def-ghi", f"Authorization: Bearer {MASK}"),
        ("authorization: token abcdefgh12", f"authorization: token {MASK}"),
        ("postgresql://ana:pa:ss@w@db.example.com/x", f"postgresql://ana:{MASK}@db.example.com/x"),
        ("password=hunter2 user=ana", f"password={MASK} user=ana"),
        ('{"api_key": "abc"}', '{"api_key": "abc"}'),
        ("https://nextcloud.example.com:8443/a@b", "https://nextcloud.example.com:8443/a@b"),
        ("the token was lost", "the token was lost"),
        ("prefixxoxb-123456", "prefixxoxb-123456"),
    ],
)
def test_what_looks_like_a_credential_is_masked(text: str, shown: str) -> None:
    """Tokens, bearer headers, URLs with passwords and assignments are; addresses and prose are not."""
    assert Redactor().text(text) == shown


@given(st.text(min_size=6, max_size=30), st.text(max_size=20), st.text(max_size=20))
def test_a_known_value_never_gets_through(secret: str, before: str, after: str) -> None:
    """Whatever stands around it, a value we were given does not appear."""
    assert secret not in Redactor([secret]).text(before + secret + after) or secret in MASK


def test_the_longer_of_two_known_values_goes_first() -> None:
    """A secret that begins with another one leaves no tail behind."""
    assert Redactor(["secret", "secret-longer"]).text("secret-longer") == MASK


def test_a_short_known_value_is_left_alone() -> None:
    """Masking two letters everywhere would make the log useless."""
    assert Redactor(["ab"]).text("about") == "about"


def test_structures_are_redacted_all_the_way_down() -> None:
    """Every text, in every list and under every key, and whole values under keys that name a secret."""
    given_ = {"a": ["xoxb-123456", {"b": ("ghp_abcdef", 1, None)}], "slack_bot_token": "plain", "tokens": 7}
    assert Redactor().deep(given_) == {"a": [MASK, {"b": (MASK, 1, None)}], "slack_bot_token": MASK, "tokens": 7}


def test_looking_secret_is_about_shape() -> None:
    """A token and a URL with a password look secret; a plain URL does not."""
    assert looks_secret("xoxb-123456")
    assert looks_secret("https://ana:pw@example.com")
    assert not looks_secret("https://example.com/a:b@c")
