"""What the environment says is read once, typed, and refused in words that help."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.settings import SettingsError, load
from bot.settings.env import Environment, Timing, variable

VARIABLES = [variable(name) for name in (*Environment.model_fields, *Timing.model_fields)]


def problems(environ: dict[str, str]) -> tuple[str, ...]:
    """What is said about these variables."""
    with pytest.raises(SettingsError) as caught:
        load(environ)
    return caught.value.problems


def test_an_empty_environment_has_all_defaults(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing is required to load; what running needs is named by `missing`."""
    monkeypatch.chdir(tmp_path)
    settings = load({})
    assert (settings.port, settings.host, settings.timing.settle) == (3000, "127.0.0.1", 15)
    assert settings.database == "sqlite:///data/holdfast.db"
    assert settings.missing() == (
        "SLACK_BOT_TOKEN is not set.",
        "SLACK_SIGNING_SECRET or SLACK_APP_TOKEN is not set.",
        "GITHUB_TOKEN is not set.",
        "GITHUB_REPOSITORY is not set.",
    )


def test_everything_needed_leaves_nothing_missing() -> None:
    """With both services' credentials it can run; the app token chooses Socket Mode."""
    needed = {
        "SLACK_BOT_TOKEN": "xoxb-1\n",
        "SLACK_APP_TOKEN": "xapp-1",
        "GITHUB_TOKEN": "t",
        "GITHUB_REPOSITORY": "a/b",
    }
    settings = load(needed)
    assert settings.missing() == ()
    assert settings.socket_mode
    assert settings.slack_bot_token.get_secret_value() == "xoxb-1"


def test_empty_means_unset() -> None:
    """An empty variable is the default, as shells and compose files leave them."""
    assert load({"PORT": "", "HOLDFAST_CONFIG": ""}).port == 3000


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORT", "many", "PORT: 'many' is not allowed. Allowed: a whole number."),
        ("PORT", "70000", "PORT: '70000' is not allowed. Allowed: less than or equal to 65535."),
        (
            "SLACK_API_URL",
            "ftp://x",
            (
                "SLACK_API_URL: 'ftp://x' is not allowed. "
                "Allowed: a URL such as https://api.example.com, without a password in it."
            ),
        ),
        (
            "GITHUB_REPOSITORY",
            "infra",
            "GITHUB_REPOSITORY: 'infra' is not allowed. Allowed: owner/name, such as example/infra.",
        ),
        ("HOLDFAST_TICK", "nan", "HOLDFAST_TICK: 'nan' is not allowed. Allowed: a finite number."),
        (
            "HOLDFAST_SETTLE",
            "10",
            (
                "HOLDFAST_SETTLE (10) must be longer than HOLDFAST_HTTP_TIMEOUT (10): "
                "a call that may still arrive must not be repeated."
            ),
        ),
        (
            "HOLDFAST_BACKOFF_CAP",
            "1",
            "HOLDFAST_BACKOFF_CAP (1) must be at least HOLDFAST_BACKOFF_FIRST (2).",
        ),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(name: str, value: str, sentence: str) -> None:
    """Variable, value and what would do, in one sentence."""
    assert problems({name: value}) == (sentence,)


def test_all_problems_are_told_at_once() -> None:
    """Nobody has to start ten times to find ten mistakes."""
    assert len(problems({"PORT": "x", "HOST": "h", "GITHUB_REPOSITORY": "x", "HOLDFAST_TICK": "0"})) == 3


def test_one_mistake_is_told_once() -> None:
    """A rule between two settings is not broken by the default that stands in for a wrong one."""
    assert len(problems({"HOLDFAST_HTTP_TIMEOUT": "0", "HOLDFAST_SETTLE": "1"})) == 1


def test_a_wrong_database_url_keeps_its_password() -> None:
    """A refusal never repeats a secret."""
    (sentence,) = problems({"DATABASE_URL": "mysql://ana:hunter2hunter2@db/x"})
    assert "hunter2" not in sentence
    assert "Allowed: postgresql://… or sqlite:///…" in sentence


def test_a_named_file_has_to_be_there(tmp_path: Path) -> None:
    """Only the default file may be absent."""
    (sentence,) = problems({"HOLDFAST_CONFIG": str(tmp_path / "no.yml")})
    assert sentence.startswith("HOLDFAST_CONFIG: there is no file")


def test_secrets_are_listed_and_not_shown() -> None:
    """Every credential is known to the redactor, the database's password in both spellings; repr shows none."""
    settings = load(
        {
            "SLACK_BOT_TOKEN": "xoxb-aaaa",
            "SLACK_APP_TOKEN": "xapp-bbbb",
            "SLACK_SIGNING_SECRET": "cccccc",
            "GITHUB_TOKEN": "dddddd",
            "DATABASE_URL": "postgresql://ana:e%20eeee@db/x",
        }
    )
    assert set(settings.secrets()) == {"xoxb-aaaa", "xapp-bbbb", "cccccc", "dddddd", "e%20eeee", "e eeee"}
    assert not any(secret in repr(settings) for secret in settings.secrets())


@example({"HOLDFAST_HTTP_TIMEOUT": "0", "HOLDFAST_SETTLE": "1"})
@given(st.dictionaries(st.sampled_from(VARIABLES), st.text(st.characters(exclude_characters="\0"), max_size=30)))
def test_any_environment_loads_or_is_refused_in_words(environ: dict[str, str]) -> None:
    """Whatever stands in the variables, the answer is settings or sentences, never a traceback."""
    try:
        load(environ)
        said: tuple[str, ...] = ()
    except SettingsError as error:
        said = error.problems
    assert all(sentence.endswith(".") for sentence in said)


def test_what_is_handed_on_is_named_in_the_file(tmp_path: Path) -> None:
    """Exactly those names, each to its command; all are secrets, and what is not set is said."""
    config = tmp_path / "holdfast.yml"
    config.write_text("repository: {remote: /srv/x.git, plan_env: [READING, BOTH], apply_env: [BOTH, MISSING]}\n")
    environ = {"HOLDFAST_CONFIG": str(config), "READING": "r-value", "BOTH": "b-value", "OTHER": "o-value"}
    settings = load(environ)
    assert settings.plan_env == {"READING": "r-value", "BOTH": "b-value"}
    assert settings.apply_env == {"BOTH": "b-value"}
    assert settings.unset() == ("repository.apply_env: MISSING is not set.",)
    assert set(settings.secrets()) == {"r-value", "b-value"}
    assert "-value" not in repr(settings)
