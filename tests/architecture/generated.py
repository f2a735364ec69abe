"""Writes what is generated from the code: manifest and reference pages. `make docs` runs it; a test compares."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from bot import manifest
from bot.budget.prices import Rates
from bot.budget.shipped import AS_OF, PRICES
from bot.change import gates
from bot.change import lifecycle as changed
from bot.change.model import Gate
from bot.incident import lifecycle, postmortems
from bot.incident.catalogue import ERROR_KINDS, QuickCheck, Service
from bot.incident.model import Link
from bot.incident.roles import Role
from bot.incident.schemes import SCHEMES
from bot.incident.severity import Level, Scheme
from bot.incident.verbs import VERBS
from bot.settings import File, Timing
from bot.settings.env import Environment, variable

ROOT = Path(__file__).parents[2]

#: What the keys of the rules' own types mean.
MEANINGS: dict[tuple[type[BaseModel], str], str] = {
    (Service, "name"): "What people call it. Required.",
    (Service, "namespace"): "Where it runs in the cluster; alerts of that namespace are about it.",
    (Service, "stack"): "The folder of its infrastructure code, or its name below `stacks/`. Left out: its own name.",
    (Service, "url"): "Its address; a report that contains the host is recognised by it.",
    (Service, "core"): "Whether others cannot work without it (sign-in, DNS, ingress, database, node).",
    (Service, "owners"): "Who knows it best. Slack user ids. Not used yet.",
    (Service, "depends_on"): "Names of services it needs. Unknown names and circles are refused.",
    (Service, "probes"): "How to tell that it works; a URL alone is an HTTP probe. Left out: its `url` is looked at.",
    (Service, "links"): "Pages worth having at hand. Not used yet.",
    (Service, "metrics"): "Its figures in Prometheus, which are compared with the same hour a day and a week before.",
    (Service, "channel"): "Its own channel, by name. Not used yet.",
    (Service, "runbooks"): "Documents that say what to do. Not used yet.",
    (Role, "id"): "A word for it, as typed after `/incident role`. Required.",
    (Role, "name"): "What people call it. Required.",
    (Role, "also"): "Other names by which it is found.",
    (Role, "duties"): "What is expected, in sentences; whoever takes it is told.",
    (Link, "name"): "What the link says. Required.",
    (Link, "url"): "Where it leads. Required.",
    (QuickCheck, "check"): "What to try, in a sentence. Required.",
    (QuickCheck, "kinds"): f"The kinds of error it fits: {', '.join(f'`{kind}`' for kind in ERROR_KINDS)}. Empty: all.",
    (QuickCheck, "services"): "The services it fits, by name. Empty: all.",
    (QuickCheck, "link"): "A page that helps.",
}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [list(head), ["---"] * len(head), *(list(row) for row in rows)]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def settings() -> str:
    """docs/settings.md"""
    return "\n".join(
        [
            "# Settings",
            "",
            "Two places: the environment says where things are and what opens them, `holdfast.yml` says who and how.",
            "Credentials stand in the environment only. `holdfast init` writes a commented file to start from, and",
            "`holdfast check` names everything that is missing or wrong.",
            "",
            "## Environment",
            "",
            table(
                ("variable", "default", "what"),
                ((f"`{variable(name)}`", default(field), meaning(Environment, name, field))
                 for name, field in Environment.model_fields.items()),
            ),
            "### Timing",
            "",
            "In seconds. The defaults suit Slack and GitHub; change them only with a reason.",
            "",
            table(
                ("variable", "default", "what"),
                ((f"`{variable(name)}`", default(field), meaning(Timing, name, field))
                 for name, field in Timing.model_fields.items()),
            ),
            "## holdfast.yml",
            "",
            "Every key may be left out; a key that is not known is refused, with its nearest neighbour.",
            "",
            *sections(File, ""),
            *shipped_prices(),
        ]
    ).rstrip() + "\n"  # fmt: skip


def shipped_prices() -> list[str]:
    """The prices that hold where `agents.prices` has none."""
    kinds = list(Rates.model_fields)
    rows = [(f"`{model}`", *(f"{getattr(price, kind):f}" for kind in kinds)) for model, price in PRICES.items()]
    rows += [
        (f"`{model}`, prompt over {price.long.over:,}", *(f"{getattr(price.long, kind):f}" for kind in kinds))
        for model, price in PRICES.items()
        if price.long
    ]
    return [f"### Prices as shipped, of {AS_OF:%Y-%m-%d}", "", table(("model", *kinds), rows)]


#: How the path goes on into one of many.
INSIDE: dict[object, str] = {tuple: "[]", dict: ".<name>"}


def sections(model: type[BaseModel], path: str) -> list[str]:
    """A table of the model's keys, then the same for every model inside it."""
    rows, inside = [], []
    for name, field in model.model_fields.items():
        key, found = f"{path}{name}", nested(field.annotation)
        rows.append(
            (f"`{key}`", "" if found and not field.is_required() else default(field), meaning(model, name, field))
        )
        if found and (model, name) != (Service, "links"):
            inside += [f"### {key}", "", *sections(found, f"{key}{INSIDE.get(get_origin(field.annotation), '')}.")]
    return [table(("key", "default", "what"), rows), *inside]


def nested(annotation: object) -> type[BaseModel] | None:
    """The model that a key's value is, or is a list of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in {tuple, dict, Union, UnionType, Annotated}:
        return next((found for part in get_args(annotation) if (found := nested(part))), None)
    return None


def default(field: FieldInfo) -> str:
    """How a default is written in the table."""
    value: Any = field.default  # Any: a default may be of any type
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if field.is_required() or value in ("", (), {}, None):
        return ""
    if isinstance(value, tuple):
        return f"`[{', '.join(value)}]`"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


def meaning(model: type[BaseModel], name: str, field: FieldInfo) -> str:
    """What a key is for; a key without words is an error, so that none stays unexplained."""
    return field.description or MEANINGS[(model, name)]


def slack() -> str:
    """docs/slack.md"""
    return "\n".join(
        [
            "# The Slack app",
            "",
            "`holdfast manifest` prints the app's manifest; `manifest.yml` is its output for Socket Mode, which needs",
            f"no public address. With `--url https://…` it is for HTTP, where Slack calls `{manifest.PATH}` there.",
            "",
            "## Permissions",
            "",
            "`holdfast check` compares these with what was granted.",
            "",
            table(("scope", "so that"), ((f"`{scope}`", why) for scope, why in manifest.SCOPES.items())),
            "Socket Mode needs one more, for the app's own token: `connections:write`.",
            "",
            "## Events",
            "",
            table(
                ("event", "scopes that Slack wants for it"),
                ((f"`{event}`", ", ".join(f"`{s}`" for s in needed) or "none")
                 for event, needed in manifest.EVENTS.items()),
            ),
        ]
    ).rstrip() + "\n"  # fmt: skip


def incident() -> str:
    """docs/incident.md"""
    verbs = ((f"`/incident {verb.usage}`", verb.summary) for verb in VERBS.values())
    return "\n".join(
        [
            "# An incident",
            "",
            "## States",
            "",
            "What is not drawn here is refused, with a sentence that says why. The table is in",
            "[`bot/incident/lifecycle.py`](../bot/incident/lifecycle.py).",
            "",
            f"```mermaid\n{lifecycle.diagram()}```",
            "",
            "## The post-mortem",
            "",
            "Its table is in [`bot/incident/postmortems.py`](../bot/incident/postmortems.py);",
            "what people do is in [post-mortems.md](post-mortems.md).",
            "",
            f"```mermaid\n{postmortems.diagram()}```",
            "",
            "## Verbs",
            "",
            "In an incident's room the incident is implied. Without a verb, what was typed becomes a report.",
            "",
            table(("typed", "does"), verbs),
            "## Severity",
            "",
            "`severity.scheme` chooses one of three schemes; an open incident keeps its own.",
            "",
            *(part for scheme in SCHEMES.values() for part in levels(scheme)),
        ]
    ).rstrip() + "\n"  # fmt: skip


def levels(scheme: Scheme) -> list[str]:
    """A scheme's levels and clocks."""
    head = ("level", "when", "response", "acknowledge", "update every", "resolve", "room", "label")
    rows = (
        (
            level.title,
            level.criteria,
            level.response,
            *(lasting(clock) for clock in (level.acknowledge_within, level.update_every, level.resolve_within)),
            "yes" if level.room else "no",
            label(level),
        )
        for level in scheme.levels
    )
    return [f"### `{scheme.id}`", "", table(head, rows)]


def label(level: Level) -> str:
    """The GitHub label of a level."""
    return f"`{level.label}`" if level.label else "none"


def lasting(clock: timedelta | None) -> str:
    """A span in the largest unit that leaves no rest."""
    if clock is None:
        return "no clock"
    minutes = clock // timedelta(minutes=1)
    for unit, size in (("d", 24 * 60), ("h", 60)):
        if minutes % size == 0:
            return f"{minutes // size} {unit}"
    return f"{minutes} min"


def change_rules() -> str:
    """docs/change-rules.md"""
    modules = [import_module(f"{gates.__name__}.{each.name}") for each in iter_modules(gates.__path__)]
    rules = {name: said for module in modules for name, said in getattr(module, "RULES", {}).items()}
    parts = [
        part
        for gate in Gate
        if (rows := [(f"`{name}`", said) for name, said in rules.items() if name.startswith(f"{gate}.")])
        for part in (f"## {gate.value}", "", table(("rule", "what it is about"), rows))
    ]
    return "\n".join(
        [
            "# The rules of the gates",
            "",
            "A change is judged by these, in this order; what comes of it is in [changes.md](changes.md). What cannot",
            "be read is refused. A finding names its rule.",
            "",
            *parts,
        ]
    ).rstrip() + "\n"  # fmt: skip


def change_states() -> str:
    """docs/changes-states.md"""
    tables = {"Action items": changed.ITEMS, "Changes": changed.CHANGES, "Approvals": changed.APPROVALS}
    said = (
        "What is not drawn here is refused, with a sentence that says why. The tables are in\n"
        "[`bot/change/lifecycle.py`](../bot/change/lifecycle.py), what they mean in [changes.md](changes.md).\n"
    )
    drawn = [f"## {title}\n\n```mermaid\n{changed.diagram(table)}```\n" for title, table in tables.items()]
    return "\n".join(["# States of action items, changes and approvals\n", said, *drawn])


#: Every generated file, and what writes it.
FILES: dict[str, Callable[[], str]] = {
    "manifest.yml": manifest.text,
    "docs/settings.md": settings,
    "docs/slack.md": slack,
    "docs/incident.md": incident,
    "docs/change-rules.md": change_rules,
    "docs/changes-states.md": change_states,
}

if __name__ == "__main__":
    for path, content in FILES.items():
        (ROOT / path).write_text(content(), encoding="utf-8")
