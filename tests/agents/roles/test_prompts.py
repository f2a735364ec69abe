"""Prompts: every one is whole, tells the rules that hold for all, and says nothing that it should not."""

import re
from importlib.resources import files
from importlib.resources.abc import Traversable

import pytest

from agents.roles import historian, issue_responder, report_writer, specialist, todo_resolver, triage
from agents.roles.prompts import filled, prompt, read
from agents.runtime.envelope import EXPLAINED
from bot.change.feature import MAY_PREPARE, MEANS
from bot.incident.schemes import SCHEMES, SEV
from bot.investigation.domains import Domain, Specialist
from bot.investigation.factors import Factor
from bot.postmortem.document.model import Part
from bot.postmortem.model import Kind
from bot.settings.agents import AgentKeys

KEYS = AgentKeys()
SYSTEMS = {
    "triage": triage.role(KEYS, SEV, ()).system,
    **{who.value: specialist.role(KEYS, who, ()).system for who in Specialist},
    "historian": historian.role(KEYS, ()).system,
    "report_writer": report_writer.role(KEYS).system,
    "postmortem_writer": report_writer.postmortem_role(KEYS).system,
    "issue_responder": issue_responder.role(KEYS, ()).system,
    "todo_resolver": todo_resolver.role(KEYS, ()).system,
}


def _written(folder: Traversable, under: str = "") -> list[str]:
    """Every prompt file, by the name that it is read by."""
    found = []
    for each in folder.iterdir():
        name = f"{under}{each.name}"
        found += _written(each, f"{name}/") if each.is_dir() else [name.removesuffix(".md")]
    return found


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS)
def test_every_prompt_is_whole_and_tells_the_common_rules(system: str) -> None:
    """No placeholder is open, and envelopes, masks, citing, time and not knowing are explained in each."""
    assert "{{" not in system
    assert EXPLAINED in system
    for rule in ("`***` is a mask", "only ids that you were shown", "Times are UTC", "not known", "No names of people"):
        assert rule.casefold() in system.casefold()


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS)
def test_no_prompt_holds_what_is_nobodys_business(system: str) -> None:
    """No secret, no address, no name of a person, and no nonce: it is our own text, and the same for everybody."""
    assert not re.search(r"https?://|@[a-z]|[0-9a-f]{32}|xox|ghp_|viktor", system, re.IGNORECASE)


def test_every_file_is_used() -> None:
    """A prompt that nobody reads is a prompt that nobody keeps."""
    used = {"common", "triage", "specialist", "historian", "report_writer", "postmortem_writer", "issue_responder"}
    used.add("todo_resolver")
    assert set(_written(files("agents").joinpath("prompts"))) == used | {
        f"specialists/{who.value}" for who in Specialist
    }


def test_a_placeholder_without_a_value_and_a_value_without_a_placeholder_are_errors() -> None:
    """Neither a hole nor a text that was meant for a prompt is lost in silence."""
    with pytest.raises(ValueError, match="domains"):
        prompt("triage", questions="x")
    with pytest.raises(ValueError, match="more"):
        prompt("historian", more="x")


def test_what_is_filled_in_is_not_looked_at_again() -> None:
    """A value that looks like a placeholder stays as it is."""
    assert filled("a {{one}} b {{two}}", {"one": "{{two}}", "two": "2"}) == "a {{two}} b 2"


def test_triage_is_told_of_every_domain_and_every_scheme() -> None:
    """The words that it may answer with stand in its prompt, and the levels of the active scheme."""
    assert all(f"`{domain.value}`" in SYSTEMS["triage"] for domain in Domain)
    assert all(f"`{who.value}`" in SYSTEMS["triage"] for who in Specialist)
    for scheme in SCHEMES.values():
        assert all(level.criteria in triage.role(KEYS, scheme, ()).system for level in scheme.levels)


def test_specialists_share_all_but_their_part() -> None:
    """One prompt, eight parts, each its own."""
    parts = {who: read(f"specialists/{who.value}") for who in Specialist}
    assert len(set(parts.values())) == len(Specialist)
    assert all(parts[who] in SYSTEMS[who.value] for who in Specialist)


@pytest.mark.parametrize("name", ["report_writer", "postmortem_writer"])
def test_writers_are_told_the_kinds_of_factors_and_items(name: str) -> None:
    """The five kinds of factors, and the seven types of action items."""
    assert all(f"`{factor.value}`" in SYSTEMS[name] for factor in Factor)
    assert all(f"`{kind.value}`" in SYSTEMS[name] for kind in Kind)


def test_the_post_mortem_writer_is_told_every_section_that_is_its() -> None:
    """The sections that people write, but those that are asked for by themselves and the links."""
    asked = [part for part in Part if part not in (Part.WHYS, Part.FACTORS, Part.SUPPORT)]
    assert all(f"- `{part.value}`: " in SYSTEMS["postmortem_writer"] for part in asked)


def test_the_issue_responder_is_told_of_every_kind_of_wish() -> None:
    """With what becomes of it."""
    for wish, means in MEANS.items():
        end = "." if wish in MAY_PREPARE else ": escalate."
        assert f"- `{wish.value}`: {means}{end}" in SYSTEMS["issue_responder"]
