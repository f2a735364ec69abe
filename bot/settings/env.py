"""What the environment says: where things are, the credentials, and how long we wait."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator

from bot.incident.model import Frozen
from bot.settings.problems import sentences

Seconds = Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False)]


def _api_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.password:
        raise ValueError("a URL such as https://api.example.com, without a password in it")
    return value


def _prometheus_url(value: str) -> str:
    if "@" in urlsplit(value).netloc:
        raise ValueError("a URL without a user or password in it; PROMETHEUS_TOKEN is the place for them")
    return _api_url(value) if value else ""


def _repository(value: str) -> str:
    owner, _, name = value.partition("/")
    if value and (not owner or not name or "/" in name or any(character.isspace() for character in value)):
        raise ValueError("owner/name, such as example/infra")
    return value


def _database(value: SecretStr) -> SecretStr:
    scheme, found, rest = value.get_secret_value().partition("://")
    if value and (not found or not rest or scheme.partition("+")[0] not in {"postgresql", "sqlite"}):
        raise ValueError("postgresql://… or sqlite:///…")
    return value


def _stripped(value: object) -> object:
    """A pasted token often brings a line break along."""
    return value.strip() if isinstance(value, str) else value


Secret = Annotated[SecretStr, BeforeValidator(_stripped)]
Url = Annotated[str, AfterValidator(_api_url)]


class Timing(Frozen):
    """How long we wait for what. Seconds. Tests make them short; nobody else should need to."""

    http_timeout: Seconds = Field(default=10.0, description="The longest a call to Slack or GitHub may take.")
    settle: Seconds = Field(
        default=15.0,
        description="After a lost answer, how long until we look whether it happened. "
        "Must be longer than `HOLDFAST_HTTP_TIMEOUT`.",
    )
    tick: Seconds = Field(default=1.0, description="How often we look whether something is due.")
    card_interval: Seconds = Field(default=2.0, description="One card is edited at most once in this time.")
    outcome_wait: Annotated[Seconds, Field(le=2.5)] = Field(  # a bound of this Field's own would lose to the type's
        default=2.0, description="How long a click waits for its outcome; Slack gives up after 3 seconds."
    )
    backoff_first: Seconds = Field(default=2.0, description="The wait after a first failed attempt.")
    backoff_factor: float = Field(
        default=2.0,
        ge=1,
        le=10,
        allow_inf_nan=False,
        description="Each further wait is this many times longer (no unit).",
    )
    backoff_cap: Seconds = Field(default=60.0, description="No wait is longer than this.")
    takeover: Seconds = Field(
        default=6.0,
        description="On PostgreSQL, how long a replica must have been gone before another takes its work over.",
    )

    @model_validator(mode="after")
    def _relations(self) -> Self:
        if self.settle <= self.http_timeout:
            raise ValueError(
                f"HOLDFAST_SETTLE ({self.settle:g}) must be longer than HOLDFAST_HTTP_TIMEOUT ({self.http_timeout:g}): "
                "a call that may still arrive must not be repeated"
            )
        if self.backoff_cap < self.backoff_first:
            raise ValueError(
                f"HOLDFAST_BACKOFF_CAP ({self.backoff_cap:g}) must be at least "
                f"HOLDFAST_BACKOFF_FIRST ({self.backoff_first:g})"
            )
        return self


class Environment(Frozen):
    """Where things are and what opens them. `variable` says how each field is called outside."""

    slack_bot_token: Secret = Field(default=SecretStr(""), description="The bot's token, `xoxb-…`. Required.")
    slack_signing_secret: Secret = Field(
        default=SecretStr(""),
        description="Proves that a request comes from Slack. Required unless Socket Mode is used.",
    )
    slack_app_token: Secret = Field(
        default=SecretStr(""), description="The app's token, `xapp-…`. When set, Socket Mode is used; when empty, HTTP."
    )
    slack_api_url: Url = Field(default="https://slack.com/api/", description="Slack's Web API.")
    github_token: Secret = Field(default=SecretStr(""), description="A GitHub token that may write issues. Required.")
    github_push_token: Secret = Field(
        default=SecretStr(""),
        description="The token that pushes to the repository, where it is another than `GITHUB_TOKEN`.",
    )
    github_repository: Annotated[str, AfterValidator(_repository)] = Field(
        default="", description="Where issues are filed, `owner/name`. Required."
    )
    github_webhook_secret: Secret = Field(
        default=SecretStr(""),
        description="Proves that a webhook comes from GitHub. Empty: no webhooks, GitHub is looked at every minute.",
    )
    github_api_url: Url = Field(default="https://api.github.com", description="GitHub's REST API.")
    webhook_token: Secret = Field(
        default=SecretStr(""),
        description="What Alertmanager sends as its bearer token. Empty: `POST /alertmanager/webhook` is not there.",
    )
    anthropic_api_key: Secret = Field(
        default=SecretStr(""), description="The key for models. Empty: no model is asked; evidence is still collected."
    )
    anthropic_base_url: Url = Field(default="https://api.anthropic.com", description="The API of the models.")
    prometheus_url: Annotated[str, AfterValidator(_prometheus_url)] = Field(
        default="", description="Prometheus' API, which is only read. Empty: it is not looked at."
    )
    prometheus_token: Secret = Field(
        default=SecretStr(""),
        description="What opens Prometheus: a bearer token, or `user:password`. Empty: it is open.",
    )
    kubeconfig: Path | None = Field(
        default=None,
        description="The file that says how to read the cluster. Empty: the pod's own account where it runs in a "
        "cluster, else it is not looked at.",
    )
    database_url: Annotated[Secret, AfterValidator(_database)] = Field(
        default=SecretStr(""), description="`postgresql://…` or `sqlite:///…`. Empty: SQLite in `HOLDFAST_DATA`."
    )
    data: Path = Field(default=Path("data"), description="Where our own files are.")
    config: Path = Field(default=Path("holdfast.yml"), description="The configuration file.")
    host: str = Field(default="127.0.0.1", min_length=1, description="The address to listen on.")
    port: int = Field(default=3000, ge=0, le=65535, description="The port to listen on.")


def variable(field: str) -> str:
    """The environment variable that sets a field of `Environment` or `Timing`."""
    ours = field in {"data", "config", "webhook_token"} or field in Timing.model_fields
    return f"HOLDFAST_{field.upper()}" if ours else field.upper()


Model = TypeVar("Model", Environment, Timing)


def read(model: type[Model], environ: Mapping[str, str]) -> tuple[Model, tuple[str, ...]]:
    """What `environ` says, and a sentence for each thing wrong in it (the defaults stand in). Empty means unset."""
    given = {field: value for field in model.model_fields if (value := environ.get(variable(field)))}
    said: tuple[str, ...] = ()
    while True:
        try:
            return model.model_validate(given), said
        except ValidationError as error:
            # Once a default stands in, a rule about the whole may break too; that is no mistake of the reader's.
            said = said or sentences(error, model, lambda where: variable(str(where[0])))
            wrong = {str(problem["loc"][0]) for problem in error.errors() if problem["loc"]}
            given = {field: value for field, value in given.items() if field not in wrong} if wrong else {}
