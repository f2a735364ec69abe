"""What people see of a plan: what happens to what, and values only where they help and are no secret."""

from typing import Any

import pytest

from bot.change.model import Attribute
from bot.change.policy import Policy
from bot.change.projection import HIDDEN, lines, project
from tests.bot.change.plan_edits import PROVIDER, stored

POLICY = Policy()


def seen(before: Any, after: Any, kind: str = "kubernetes_deployment", **more: Any) -> list[str]:  # Any: JSON
    """What people read of one object that is updated."""
    plan, _ = stored("update")
    change = {"actions": ["update"], "before": before, "after": after, **more}
    plan["resource_changes"] = [
        {"address": f"{kind}.a", "mode": "managed", "type": kind, "name": "a", "provider_name": PROVIDER}
        | {"change": change}
    ]
    first, *others = lines(project(plan, POLICY))
    assert first == f"~ update {kind}.a"
    return [each.removeprefix("    ") for each in others]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("create", ["+ create terraform_data.a", "    id: •••", "    input: •••", "    output: •••"]),
        ("update", ["~ update terraform_data.a", "    input: •••", "    output: •••"]),
        ("moved", ["> move terraform_data.b", "    moved from: terraform_data.a"]),
        ("import", ["> import terraform_data.a"]),
        ("nothing", ["1 unchanged"]),
        ("output_delete", ["~ output o", "1 unchanged"]),
        ("sensitive_mark_only", ["~ update terraform_data.a", "    input: •••"]),
        ("edited_version_2", ["~ update terraform_data.a", "    input: •••", "    output: •••"]),
        ("edited_unknown_key", []),
    ],
)
def test_a_plan_is_told_in_lines(name: str, shown: list[str]) -> None:
    """One line a resource and one an attribute; what cannot be read is not told at all."""
    assert lines(project(stored(name)[0], POLICY)) == shown


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("replace_delete_first", "-/+ replace terraform_data.a"),
        ("replace_create_first", "+/- replace terraform_data.a"),
        ("removed_forget", ". forget terraform_data.a"),
        ("destroy", "- delete terraform_data.a"),
        ("data_at_apply", "< read data.terraform_remote_state.r"),
        ("moved_and_update", "~ update and move terraform_data.b"),
        ("import_and_update", "~ update and import terraform_data.a"),
        ("edited_unknown_verb", "? evaporate terraform_data.a"),
        ("edited_no_verb", "? ? terraform_data.a"),
    ],
)
def test_every_verb_has_its_line(name: str, first: str) -> None:
    """Also of what the gate refuses, people read what it would have done."""
    assert lines(project(stored(name)[0], POLICY))[0] == first


def test_what_is_counted() -> None:
    """Resources by verb, and those that stay as they are."""
    projection = project(stored("destroy_and_create")[0], POLICY)
    assert (projection.count("create"), projection.count("delete"), projection.unchanged) == (1, 1, 0)
    assert project(stored("provisioner_beside_create")[0], POLICY).unchanged == 1


def test_values_that_help_are_shown() -> None:
    """A number of replicas, an image: by the last part of their name, inside of blocks too."""
    before = {"spec": [{"replicas": "1", "template": [{"container": [{"image": "a:1"}, {"image": "b"}]}]}]}
    after = {"spec": [{"replicas": "2", "template": [{"container": [{"image": "a:2"}, {"image": "b"}]}]}]}
    assert seen(before, after) == ["spec.replicas: 1 → 2", "spec.template.container.[0].image: a:1 → a:2"]


def test_other_values_are_only_named() -> None:
    """What is not on the policy's list, what is more than one value, and what is not known yet."""
    assert seen({"data": {"a": "1"}}, {"data": {"a": "2", "b": "3"}}) == ["data.a: •••", "data.b: •••"]
    assert seen({"host": ["a"]}, {"host": ["a", "b"]}) == ["host: •••"]
    assert seen({"image": "a"}, {}, after_unknown={"image": True}) == ["image: •••"]
    assert seen({}, {"spec": [{}]}, after_unknown={"spec": [{"image": True}]}) == ["spec.image: •••"]


def test_what_comes_and_what_goes() -> None:
    """A value that was not there, one that is not there any more, an empty one, and a truth."""
    assert seen({}, {"image": "a"}) == ["image: a"]
    assert seen({"image": "a"}, {}) == ["image: a → none"]
    assert seen({"image": "a"}, {"image": ""}) == ['image: a → ""']
    assert seen({"enabled": 1}, {"enabled": True}) == ["enabled: 1 → true"]
    assert seen({"image": None, "labels": {}}, {"image": None, "labels": None}) == []


@pytest.mark.parametrize(
    ("value", "marks"),
    [
        ({"image": "tr0ub4dor"}, {"image": True}),
        ({"image": "tr0ub4dor"}, True),
        ({"spec": [{"image": "tr0ub4dor"}]}, {"spec": True}),
        ({"spec": [{"image": "tr0ub4dor"}]}, {"spec": [{"image": True}]}),
        ({"spec": [{"image": "tr0ub4dor"}]}, {"spec": "in a way that is not known"}),
        ({"image": "xoxb-123456789012-abcdefghijKLMN"}, {}),
        ({"host": "postgresql://ana:pa55w0rd@db.example.com/x"}, {}),
        ({"password": {"name": "short"}}, {}),
        ({"db_password": [{"version": 3}]}, {}),
    ],
)
def test_no_secret_is_shown(value: dict[str, Any], marks: object) -> None:
    """What Terraform marks, what looks like a credential, and what stands under a name that says so."""
    (line,) = seen({}, value, after_sensitive=marks)
    assert line.endswith(f": {HIDDEN}")
    (line,) = seen(value, {}, before_sensitive=marks)
    assert line.endswith(f": {HIDDEN} → none")


def test_a_secret_is_known_wherever_it_was_copied_to() -> None:
    """Terraform marks where a secret came from, not always where it went."""
    marked = {"input": "tr0ub4dor", "port": 8443, "pin": 4711}
    after = {**marked, "image": "x/tr0ub4dor:1", "tag": "4711", "version": 8443}
    shown = seen({}, after, after_sensitive={"input": True, "pin": True})
    assert shown == ["image: •••", "input: •••", "pin: •••", "port: 8443", "tag: •••", "version: 8443"]


def test_secrets_of_the_state_and_of_variables_are_known_too() -> None:
    """The plan holds them in plain text, beside what it does."""
    plan, _ = stored("sensitive_create")
    plan["resource_changes"][0]["change"] |= {"after": {"image": "x:tr0ub4dor and three"}, "after_sensitive": {}}
    plan["planned_values"] = {}
    assert "    image: •••" in lines(project(plan, POLICY))
    plan["prior_state"] = {"values": {"outputs": {"o": {"sensitive": True, "value": ["hunter2hunter2"]}}}}
    plan["resource_changes"][0]["change"]["after"] = {"image": "hunter2hunter2"}
    assert "    image: •••" in lines(project(plan, POLICY))


@pytest.mark.parametrize("kind", ["kubernetes_secret_v1", "vault_policy", "random_password"])
def test_of_the_platform_no_value_is_shown(kind: str) -> None:
    """Whatever its attributes are called."""
    assert seen({"name": "a"}, {"name": "b"}, kind) == ["name: •••"]


def test_long_and_broken_values_stay_on_their_line() -> None:
    """Cut after 80 characters, without line breaks and control characters; many attributes are counted."""
    (line,) = seen({}, {"expr": "a\n\x1b[31m" + "b" * 200})
    assert line == "expr: a [31m" + "b" * 73 + "…"
    shown = seen({}, {f"a{number:02}": "x" for number in range(45)})
    assert (len(shown), shown[-1]) == (41, "and 5 more")


def test_an_attribute_has_both_sides() -> None:
    """Views and files are made of the same data."""
    (resource,) = project(stored("edited_replicas")[0], POLICY).resources
    assert resource.attributes == (Attribute(name="spec.replicas", before="2", after="3"),)
