"""Secrets do not get through; other words do."""

import re

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
        ("DB_PASSWORD=hunter2", f"DB_PASSWORD={MASK}"),
        ("the password is Hunter2secret", f"the password is {MASK}"),
        ('{"client_secret": "abcd efgh"}', f'{{"client_secret": "{MASK}"}}'),
        ("token refreshing fails, basic authentication too", "token refreshing fails, basic authentication too"),
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


#: A secret of each kind that people paste, and the part of it that must not be kept.
SECRETS = {
    "password": ("password=Hunter2secret", "Hunter2secret"),
    "said": ("my password is Tr0ub4dor&3x", "Tr0ub4dor"),
    "variable": ("export POSTGRES_PASSWORD='correct horse'", "correct horse"),
    "slack": ("xoxb-123456789012-abcdefghijKLMN", "abcdefghijKLMN"),
    "github": ("ghp_abcdefghijklmnopqrstuvwxyz0123456789", "abcdefghijklmnop"),
    "aws": ("AKIAIOSFODNN7EXAMPLE", "IOSFODNN7EXAMPLE"),
    "aws_secret": ("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "wJalrXUtnFEMI"),
    "jwt": ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.dozjgNryP4J3jVmN", "dozjgNryP4J3jVmN"),
    "bearer": ("curl -H 'Authorization: Bearer abcDEF.ghiJKL-mno'", "abcDEF.ghiJKL-mno"),
    "url": ("postgresql://ana:pa55w0rd@db.example.com/x", "pa55w0rd"),
    "key": ("-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----", "MIIEowIBAAKCAQEA"),
    "webhook": ("https://hooks.slack.com/services/T0AAA/B0BBB/abcdefXYZ", "abcdefXYZ"),
}


@pytest.mark.parametrize("kind", SECRETS)
@given(
    before=st.sampled_from(["", "see ", "it says:\n", "(", '"']), after=st.sampled_from(["", ".", " and then", "\n"])
)
def test_every_kind_of_secret_is_masked_wherever_it_stands(kind: str, before: str, after: str) -> None:
    """What must not be kept is not there, whatever stands around it; and doing it again changes nothing."""
    text, secret = SECRETS[kind]
    shown = Redactor().text(before + text + after)
    assert secret not in shown
    assert Redactor().text(shown) == shown


ORDINARY = [
    "nextcloud gives 502 since 14:00, it worked this morning",
    "I cannot log in: it says password incorrect, then password: wrong",
    "the password page is slow and the token was lost",
    "basic authentication fails with 401",
    "commit 777450cb4f0d1e2a3b4c5d6e7f8091a2b3c4d5e6 broke it",
    "https://grafana.example.com:8443/d/a1b2c3?from=now-6h&to=now#panel-4",
    "ssh://git@example.com/infra.git and ana@example.com",
    "/srv/infra/stacks/nextcloud/main.tf:12 and C:\\temp\\x.log",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
    "secret/holdfast in the vault has no key for it",
    "task-manager_v2 and desk-lamp-number-20-of-the-office",
]


@given(st.lists(st.sampled_from(ORDINARY), min_size=1, max_size=4), st.sampled_from([" ", "\n", ". "]))
def test_ordinary_words_are_left_alone(sentences: list[str], between: str) -> None:
    """Sentences about passwords, addresses, paths and hashes of commits stay as they were written."""
    text = between.join(sentences)
    assert Redactor().text(text) == text


@given(st.text(alphabet=st.characters(categories=("L", "P", "Z")), max_size=60))
def test_text_without_digits_signs_of_assignment_or_words_of_secrecy_is_left_alone(text: str) -> None:
    """Nothing is masked for its looks alone."""
    plain = re.sub("[=@:]|pass|pwd|secret|token|cred|key|bearer|basic|auth", "", text, flags=re.IGNORECASE)
    assert Redactor().text(re.sub("[-_.]", " ", plain)) == re.sub("[-_.]", " ", plain)


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
