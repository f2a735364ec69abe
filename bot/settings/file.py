"""What `holdfast.yml` may say: one model, composed of the rules' own types, with every key explained."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

import yaml
from pydantic import AfterValidator, BeforeValidator, Field, ValidationError

from bot.change.policy import Policy as ChangePolicy
from bot.incident.alerts import matcher
from bot.incident.catalogue import ERROR_KINDS, Catalogue, QuickCheck, Service
from bot.incident.model import Frozen, Link
from bot.incident.policy import Circle
from bot.incident.roles import LEAD, SHIPPED, Role
from bot.incident.schemes import SCHEMES
from bot.postmortem.policy import PROTECTED_STACKS, Policy
from bot.redact import looks_secret
from bot.settings.agents import AgentKeys
from bot.settings.problems import SettingsError, path, sentences
from bot.settings.publishing import PostmortemKeys, PublishKeys, RepositoryKeys
from bot.settings.publishing import problems as publishing_problems

_ID = re.compile(r"[a-z][a-z0-9-]{0,39}")
#: Keys that would hold a credential; they belong in the environment, and get a sentence of their own.
_CREDENTIALS = ("token", "secret", "password", "api_key")
_KEEP_OUT = "credentials may not stand in this file; set them in the environment, such as SLACK_BOT_TOKEN."


def _slack_id(value: str) -> str:
    if not (value[:1] in {"U", "W"} and value.isalnum() and value.isupper()):
        raise ValueError("a Slack user id such as U0VIKTOR (in Slack: profile, three dots, Copy member ID)")
    return value


def _channel(value: str) -> str:
    name = value.removeprefix("#")
    if not name or len(name) > 80 or name != name.lower() or any(c.isspace() or c in ".,#@" for c in name):
        raise ValueError("a channel's name such as alerts: at most 80 characters, lower case, no spaces or dots")
    return name


def _timezone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError("an IANA time zone such as Europe/London")
    return value


def _scheme(value: str) -> str:
    if value not in SCHEMES:
        raise ValueError(" or ".join(SCHEMES))
    return value


def _off(value: object) -> object:
    """YAML takes a bare `off` for false."""
    return "off" if value is False else value


def _stack(value: str) -> str:
    if not value or any(c.isspace() or c in "/\\|" for c in value):
        raise ValueError("the name of a folder below stacks/, such as vault")
    return value


SlackId = Annotated[str, AfterValidator(_slack_id)]


class SlackKeys(Frozen):
    """Who and where, in Slack."""

    alerts_channel: Annotated[str, AfterValidator(_channel)] = Field(
        default="alerts", description="The channel where incidents are reported and announced, by name."
    )
    owner: SlackId | None = Field(
        default=None, description="Who is called when it matters, and approves. A Slack user id."
    )
    approvers: tuple[SlackId, ...] = Field(default=(), description="Who else may approve.")
    trusted: tuple[SlackId, ...] = Field(
        default=(), description="Whose reports start work by themselves. Empty: every full member, never a guest."
    )

    @property
    def circle(self) -> Circle:
        """Who is who, as the rules know it."""
        return Circle(owner=self.owner, approvers=frozenset(self.approvers), trusted=frozenset(self.trusted))


class PersonKeys(Frozen):
    """One person's accounts."""

    slack: SlackId = Field(description="The Slack user id.")
    github: str = Field(default="", description="The GitHub login: what it does on GitHub counts as this person's.")
    timezone: Annotated[str, AfterValidator(_timezone)] = Field(default="UTC", description="An IANA time zone.")


class SeverityKeys(Frozen):
    """How bad is how bad."""

    scheme: Annotated[str, AfterValidator(_scheme)] = Field(
        default="sev",
        description="`sev` (SEV1 to SEV4), `p1` (P1 to P5) or `p0` (P0 to P4). An open incident keeps its own.",
    )


def _matcher(value: str) -> str:
    matcher(value)
    return value


class AlertKeys(Frozen):
    """Which alerts open incidents."""

    declare: tuple[Annotated[str, AfterValidator(_matcher)], ...] = Field(
        default=("severity=critical",),
        description="Labels of an alert that opens an incident, or joins its service's open one; all of them have to "
        'hold. `label=value`, `!=`, `=~"…"` or `!~"…"`, as in Alertmanager. An empty list: no alert does.',
    )


class File(Frozen):
    """The whole file. Every key may be left out; one that is not known is refused."""

    slack: SlackKeys = Field(default=SlackKeys(), description="Who and where, in Slack.")
    people: tuple[PersonKeys, ...] = Field(default=(), description="Who is who on GitHub.")
    services: tuple[Service, ...] = Field(default=(), description="What can break. `Other` is always there.")
    severity: SeverityKeys = Field(default=SeverityKeys(), description="How bad is how bad.")
    roles: tuple[Role, ...] = Field(
        default=SHIPPED, description="The parts people can take in an incident, beside the lead's."
    )
    protected_stacks: tuple[Annotated[str, AfterValidator(_stack)], ...] = Field(
        default=PROTECTED_STACKS, description="Stacks that nothing touches without a person, by folder name."
    )
    alerts: AlertKeys = Field(default=AlertKeys(), description="Which alerts open incidents.")
    repository: RepositoryKeys = Field(
        default=RepositoryKeys(), description="The infra repository, where post-mortems are. Left out: there is none."
    )
    publish: PublishKeys = Field(default=PublishKeys(), description="How post-mortems are published.")
    postmortems: PostmortemKeys = Field(default=PostmortemKeys(), description="What post-mortems say.")
    agents: AgentKeys = Field(
        default=AgentKeys(), description="Who looks when something is broken, and what it may cost."
    )
    remediation: Annotated[Literal["off", "plan", "apply"], BeforeValidator(_off)] = Field(
        default="plan",
        description="How far a change may go by itself. `off`: nothing is prepared. `plan`: what is prepared waits for "
        "a click. `apply`: what passes every gate and is safe by its type is applied without one.",
    )
    policy: ChangePolicy = Field(default=ChangePolicy(), description="What may go without a click, and who may click.")
    links: tuple[Link, ...] = Field(default=(), description="Pages worth having at hand; `/incident help` shows them.")
    quick_checks: tuple[QuickCheck, ...] = Field(
        default=(), description="What to try before reporting; the form shows what fits."
    )

    @property
    def catalogue(self) -> Catalogue:
        """The services, with the ways to find one."""
        return Catalogue(services=self.services)

    @property
    def item_policy(self) -> Policy:
        """What keeps an action item from going by itself."""
        return Policy(protected_stacks=self.protected_stacks)

    def problems(self) -> tuple[str, ...]:
        """A sentence for every name in here that does not stand for anything in here."""
        found = [f"services: {sentence}" for sentence in self.catalogue.problems()]
        for index, check in enumerate(self.quick_checks):
            found += [
                f"quick_checks[{index}].kinds: {kind!r} is not allowed. Allowed: {', '.join(ERROR_KINDS)}."
                for kind in check.kinds
                if kind not in ERROR_KINDS
            ]
            found += [
                f"quick_checks[{index}].services: {name!r} is not among the services."
                for name in check.services
                if self.catalogue.find(name) is None
            ]
        more = (*publishing_problems(self.repository, self.publish), *self.agents.problems())
        more = (*more, *self.policy.problems(self.slack.circle))
        return (*found, *self._role_problems(), *more)

    def _role_problems(self) -> tuple[str, ...]:
        ids = [role.id for role in self.roles]
        twice = {id for id in ids if ids.count(id) > 1}
        found = [f"roles: {id!r} is there twice." for id in sorted(twice)]
        taken = [f"roles: {role.id!r} is the lead's; leave it out." for role in self.roles if role.id == LEAD.id]
        odd = [id for id in ids if not _ID.fullmatch(id)]
        shape = [f"roles: {id!r} is not allowed. Allowed: a word such as scribe." for id in odd]
        return (*found, *taken, *shape)


def parse(text: str, name: str) -> File:
    """The configuration in `text`, which came from the file `name`. Raises SettingsError with everything wrong."""
    try:
        data = _yaml(text, name)
        file, problems = _validated({} if data is None else data)
    except RecursionError:
        raise SettingsError((f"{name}: it refers to itself, or is nested without end.",)) from None
    if problems:
        raise SettingsError(tuple(f"{name}: {sentence}" for sentence in problems))
    return file


def _validated(data: Any) -> tuple[File, tuple[str, ...]]:  # Any: YAML before it is validated
    """The configuration, and what is wrong with it (then it is the default one)."""
    if not isinstance(data, dict):
        return File(), ("keys and values are expected, such as `slack:`.",)
    problems = _credentials(data, ())
    named = {sentence.partition(":")[0] for sentence in problems}
    try:
        file = File.model_validate(data)
    except ValidationError as error:
        found = sentences(error, File, path)
        return File(), problems + tuple(sentence for sentence in found if sentence.partition(":")[0] not in named)
    return file, problems + file.problems()


def _yaml(text: str, name: str) -> Any:  # Any: YAML before it is validated
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader that also refuses repeated keys
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise SettingsError((f"{name}, {place}{error.problem or 'this is not YAML'}.",)) from error
    except yaml.YAMLError as error:
        raise SettingsError((f"{name}: this is not YAML. {error}",)) from error


def read(config: Path, *, required: bool) -> File:
    """The configuration file; the defaults if it is not there and not `required`. Raises SettingsError."""
    try:
        text = config.read_text(encoding="utf-8")
    except FileNotFoundError:
        if not required:
            return File()
        raise SettingsError((f"HOLDFAST_CONFIG: there is no file {config}. `holdfast init` writes one.",)) from None
    except (OSError, UnicodeError) as error:
        raise SettingsError((f"HOLDFAST_CONFIG: {config} cannot be read ({error}).",)) from error
    return parse(text, str(config))


def _credentials(value: Any, where: tuple[int | str, ...]) -> tuple[str, ...]:  # Any: YAML before it is validated
    """A sentence for every place that holds, or is meant to hold, a credential."""
    if isinstance(value, dict):
        inside = [found for key, item in value.items() for found in _credential(str(key), item, where)]
    elif isinstance(value, list):
        inside = [found for index, item in enumerate(value) for found in _credential(index, item, where)]
    else:
        inside = []
    return tuple(inside)


def _credential(key: int | str, value: Any, where: tuple[int | str, ...]) -> tuple[str, ...]:  # Any: as above
    named = isinstance(key, str) and key.lower().endswith(_CREDENTIALS)
    if named or (isinstance(value, str) and looks_secret(value)):
        return (f"{path((*where, key))}: {_KEEP_OUT}",)
    return _credentials(value, (*where, key))


class _Loader(yaml.SafeLoader):
    """Refuses a key that stands twice, where YAML would silently let the last one win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # as in the base
        seen: set[str] = set()
        for key, _ in node.value:
            if str(key.value) in seen and key.tag != "tag:yaml.org,2002:merge":
                raise yaml.constructor.ConstructorError(None, None, f"the key {key.value} stands twice", key.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)
