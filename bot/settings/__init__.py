"""Every setting, read once: the environment says where and with what, `holdfast.yml` says who and how."""

from collections.abc import Mapping
from typing import Literal
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from bot.settings import env
from bot.settings import file as files
from bot.settings.env import Environment, Timing
from bot.settings.file import File
from bot.settings.problems import SettingsError

__all__ = ["File", "Settings", "SettingsError", "Timing", "load"]


Only = Literal["", "apply", "rest"]


class Settings(Environment):
    """The environment's fields (`settings.slack_bot_token`, `settings.port`, …), `timing` and the `file`."""

    timing: Timing = Timing()
    file: File = File()
    #: `apply`: this process applies what is allowed and does nothing else; `rest`: all else; empty: everything.
    only: Only = ""
    #: What the environment says of the names in `repository.plan_env` and `apply_env`; what is not set is not in it.
    handed: Mapping[str, SecretStr] = {}

    @property
    def plan_env(self) -> dict[str, str]:
        """What planning is given, by name. They may be secrets: never show them."""
        return self._handed(self.file.repository.plan_env)

    @property
    def apply_env(self) -> dict[str, str]:
        """What applying is given, by name. They may be secrets: never show them."""
        return self._handed(self.file.repository.apply_env)

    def unset(self) -> tuple[str, ...]:
        """A sentence for every name that planning or applying is to be given, and that is not set."""
        keys = self.file.repository
        listed = (("repository.plan_env", keys.plan_env), ("repository.apply_env", keys.apply_env))
        return tuple(f"{key}: {name} is not set." for key, names in listed for name in names if name not in self.handed)

    def _handed(self, names: tuple[str, ...]) -> dict[str, str]:
        return {name: self.handed[name].get_secret_value() for name in names if name in self.handed}

    @property
    def socket_mode(self) -> bool:
        """Whether Slack reaches us over Socket Mode; otherwise over HTTP."""
        return bool(self.slack_app_token.get_secret_value())

    @property
    def database(self) -> str:
        """The SQLAlchemy URL of our tables. It may hold a password: never show it."""
        return self.database_url.get_secret_value() or f"sqlite:///{self.data / 'holdfast.db'}"

    def missing(self) -> tuple[str, ...]:
        """A sentence for every variable without which `holdfast run` cannot work."""
        needed = {
            "SLACK_BOT_TOKEN": self.slack_bot_token.get_secret_value(),
            "SLACK_SIGNING_SECRET or SLACK_APP_TOKEN": self.slack_signing_secret.get_secret_value()
            or self.slack_app_token.get_secret_value(),
            "GITHUB_TOKEN": self.github_token.get_secret_value(),
            "GITHUB_REPOSITORY": self.github_repository,
        }
        return tuple(f"{name} is not set." for name, value in needed.items() if not value)

    def secrets(self) -> tuple[str, ...]:
        """Every credential we were given, to be kept out of log, storage and prompts."""
        slack = (self.slack_bot_token, self.slack_signing_secret, self.slack_app_token)
        github = (self.github_token, self.github_push_token, self.github_webhook_secret)
        others = (self.webhook_token, self.anthropic_api_key, self.prometheus_token)
        tokens = (*slack, *github, *others, *self.handed.values())
        password = urlsplit(self.database).password or ""
        behind = self.prometheus_token.get_secret_value().partition(":")[2]
        values = (*(token.get_secret_value() for token in tokens), password, unquote(password), behind)
        return tuple(value for value in values if value)


def load(environ: Mapping[str, str]) -> Settings:
    """The settings, from the environment and the file it names. Raises SettingsError with everything wrong at once."""
    environment, wrong_environment = env.read(Environment, environ)
    timing, wrong_timing = env.read(Timing, environ)
    problems = wrong_environment + wrong_timing
    file = File()
    try:
        file = files.read(environment.config, required=bool(environ.get(env.variable("config"))))
    except SettingsError as error:
        problems += error.problems
    if problems:
        raise SettingsError(problems)
    names = (*file.repository.plan_env, *file.repository.apply_env)
    handed = {name: SecretStr(environ[name]) for name in names if environ.get(name)}
    return Settings(**dict(environment), timing=timing, file=file, handed=handed)
