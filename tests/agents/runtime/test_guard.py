"""An attack in a tool's arguments is told from a mistake; what a tool accepts is neither."""

from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, ValidationError

from agents.runtime.guard import EXPRESSION, LONGEST, attack
from agents.runtime.tool import Input, Result, Status, Tool

NAME = r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$"


class Listing(Input):
    """What a tool about a cluster takes."""

    kind: Literal["pods", "deployments", "nodes"]
    namespace: str = Field(default="", pattern=rf"^$|{NAME}")
    names: tuple[Annotated[str, Field(pattern=NAME)], ...] = ()
    selector: Annotated[str, EXPRESSION, Field(pattern=r"^[a-zA-Z0-9=,./_-]*$")] = ""
    since: str = Field(default="1h", pattern=r"^\d{1,3}[smh]$")
    path: str = Field(default="", pattern=r"^$|^[A-Za-z0-9_][A-Za-z0-9_./-]*$")
    query: str = Field(default="", max_length=200)


async def _nothing(given: Listing) -> Result:
    return Result(Status.NOTHING)


TOOL = Tool("k8s_list", "Lists.", Listing, _nothing, lambda given: "", "Kubernetes")


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        ({"kind": "pods,secrets"}, "arguments.secrets"),
        ({"kind": "secrets/db"}, "arguments.secrets"),
        ({"kind": "secret"}, "arguments.secrets"),
        ({"kind": "pods", "names": ["po/p1", "secrets/db"]}, "arguments.secrets"),
        ({"kind": "-ojsonpath-file=/etc/passwd"}, "arguments.option"),
        ({"kind": "pods", "namespace": "-Aojsonpath-file=/var/run/secrets/token"}, "arguments.option"),
        ({"kind": "pods", "namespace": "--kubeconfig=evil"}, "arguments.option"),
        ({"kind": "pods", "names": ["x;id"]}, "arguments.shell"),
        ({"kind": "pods", "names": ["$(id)"]}, "arguments.shell"),
        ({"kind": "pods", "names": ["`id`"]}, "arguments.shell"),
        ({"kind": "pods", "names": ["x\nid"]}, "arguments.shell"),
        ({"kind": "pods", "names": ["x && id"]}, "arguments.shell"),
        ({"kind": "pods", "names": ["x\x00"]}, "arguments.control"),
        ({"kind": "pods", "names": ["x\u202e"]}, "arguments.control"),
        ({"kind": "pods", "path": "../../etc/passwd"}, "arguments.path"),
        ({"kind": "pods", "path": "stacks/../../x?"}, "arguments.path"),
        ({"kind": "pods", "path": "/etc/passwd"}, "arguments.path"),
        ({"kind": "pods", "path": "~/.ssh/id_rsa"}, "arguments.path"),
        ({"kind": "pods", "namespace": "http://evil.example/x"}, "arguments.address"),
        ({"kind": "pods", "server": "https://evil.example"}, "arguments.address"),
        ({"kind": "pods", "command": "ls; id"}, "arguments.shell"),
        ({"kind": "pods", "--raw": "x"}, "arguments.option"),
        ({"kind": {"a": ["$(id)"]}}, "arguments.shell"),
        (["$(id)"], "arguments.shell"),
        ({"kind": "pods", "query": "x" * LONGEST}, "arguments.size"),
    ],
)
def test_attacks_have_a_rule(arguments: Any, rule: str) -> None:  # whatever a model may hand in
    """Each is refused by the tool's own input too; the rule is what counts it."""
    with pytest.raises(ValidationError):
        Listing.model_validate(arguments)
    assert attack(TOOL, arguments) == rule


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"kind": "Pod"},
        {"kind": "pods,deployments"},
        {"kind": "deployment/nextcloud"},
        {"kind": "pods", "namespace": "Nextcloud"},
        {"kind": "pods", "namespace": "kube-system, monitoring"},
        {"kind": "pods", "names": ["nextcloud-*"]},
        {"kind": "pods", "names": "nextcloud"},
        {"kind": "pods", "names": ["external-secrets-operator", "a/secretstore-x"]},
        {"kind": "pods", "since": "-30m"},
        {"kind": "pods", "since": "now - 1h"},
        {"kind": "pods", "path": "/stacks/nextcloud/main.tf"},
        {"kind": "pods", "path": "stacks/nextcloud/*.tf"},
        {"kind": "pods", "selector": "app in (a, b); tier != `x` || $(y)"},
        {"kind": "pods", "query": "sum(rate(http_requests_total{code=~'5..|4..'}[5m])) > 0 " * 5},
        {"kind": "pods", "promql": "a > 0 or b{x=~'1|2'}"},
        {"kind": "pods", "limit": 7},
        None,
        "pods",
        7,
    ],
)
def test_mistakes_have_none(arguments: Any) -> None:  # whatever a model may hand in
    """A wrong kind, a wrong form, a field that is not there, a query that is too long: the model may try again."""
    with pytest.raises(ValidationError):
        Listing.model_validate(arguments)
    assert attack(TOOL, arguments) == ""


@given(
    st.fixed_dictionaries(
        {"kind": st.sampled_from(["pods", "nodes"]), "query": st.text(max_size=200)},
        optional={"namespace": st.from_regex(NAME, fullmatch=True), "since": st.sampled_from(["5m", "1h"])},
    )
)
def test_what_a_tool_accepts_is_no_attack(arguments: dict[str, Any]) -> None:
    """A pattern to look for may hold any sign."""
    assert attack(TOOL, arguments) == ""


def test_what_is_nested_without_end_is_an_attack() -> None:
    """It breaks nothing."""
    nested: list[Any] = []
    for _ in range(5_000):
        nested = [nested]
    assert attack(TOOL, {"kind": "pods", "query": nested}) == "arguments.size"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(), inside, max_size=3),
        max_leaves=8,
    )
)
def test_anything_gets_an_answer(arguments: Any) -> None:  # JSON of any shape
    """No arguments break the guard itself."""
    assert isinstance(attack(TOOL, arguments), str)
