"""Protected stacks and shared modules, by every way that leads there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.change.gates.stack import RULES, Module, stack_gate
from bot.change.model import Result, Verdict
from bot.postmortem.policy import PROTECTED_STACKS

STACK = "stacks/nextcloud"


def judged(
    paths: tuple[str, ...] = (f"{STACK}/main.tf",),
    stack: str = STACK,
    links: frozenset[str] = frozenset(),
    modules: tuple[Module, ...] = (),
) -> Verdict:
    """The verdict in a repository that is laid out as usual."""
    return stack_gate(paths, stack, PROTECTED_STACKS, "modules", "stacks", links, modules)


def rules(verdict: Verdict) -> set[str]:
    """The names of its rules."""
    return {each.rule for each in verdict.findings}


def test_a_stack_of_its_own_with_shared_modules_passes() -> None:
    """Modules may be used; that they lie in the shared folder, or on a registry, is no reason."""
    modules = (
        Module(key="", source="", folder=STACK),
        Module(key="ingress", source="../../modules/ingress_factory", folder="modules/ingress_factory"),
        Module(key="far", source="registry.terraform.io/a/b/c", folder=f"{STACK}/.terraform/modules/far"),
    )
    assert judged((f"{STACK}/main.tf", "docs/post-mortems/x.md"), modules=modules).result is Result.PASS


@pytest.mark.parametrize("name", PROTECTED_STACKS)
def test_no_protected_stack_is_touched(name: str) -> None:
    """As the stack itself, as a file, in other letters, and as where a module lies."""
    for stack in (f"stacks/{name}", f"stacks/{name.upper()}", f"Stacks/{name}"):
        assert judged((f"{stack}/main.tf",), stack).result is Result.REFUSE
        assert "stack.protected" in rules(judged((f"{stack}/main.tf",)))
    module = Module(key="v", source="./vlink", folder=f"stacks/{name}")
    assert rules(judged(modules=(module,))) == {"stack.module_protected"}
    inner = Module(key="v", source="./vlink", folder=f"stacks/{name}/inner")
    assert rules(judged(modules=(inner,))) == {"stack.module_protected"}


@pytest.mark.parametrize(
    "stack",
    [
        *("", "stacks", "stacks/", "nextcloud", "stacks/a/b", "stacks/..", "stacks/.", "/stacks/a", "stacks/.hidden"),
        *("stacks//a", "stacks/a/", "other/a", "stacks/\u0430", "stacks/a\n", "stacks/ a", "modules/a"),
    ],
)
def test_a_stack_is_one_folder_below_the_folder_of_stacks(stack: str) -> None:
    """Everything else is no stack."""
    assert "stack.name" in rules(judged((), stack))


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("modules/ingress_factory/main.tf", "stack.shared"),
        ("Modules/nfs_volume/README.md", "stack.shared"),
        ("stacks/other/main.tf", "stack.outside"),
        (f"{STACK}/../vault/main.tf", "stack.outside"),
        ("stacks/vault/README.md", "stack.protected"),
        (f"{STACK}/vlink/main.tf", "stack.link"),
    ],
)
def test_shared_modules_other_stacks_and_links_are_refused(path: str, rule: str) -> None:
    """By the path alone."""
    assert rule in rules(judged((path,), links=frozenset({f"{STACK}/vlink"})))


def test_a_stack_or_a_module_that_is_a_link_is_refused() -> None:
    """A link in the tree is never followed, whatever it leads to."""
    assert "stack.link" in rules(judged(links=frozenset({STACK})))
    assert "stack.link" in rules(judged(links=frozenset({"stacks"})))
    module = Module(key="v", source="./vlink", folder=f"{STACK}/vlink")
    assert rules(judged(links=frozenset({f"{STACK}/vlink"}), modules=(module,))) == {"stack.module_link"}


def test_a_local_module_outside_the_repository_is_refused() -> None:
    """A relative source whose folder is not in the repository leads to somewhere on the disk."""
    assert rules(judged(modules=(Module(key="x", source="../../../x", folder=""),))) == {"stack.module_outside"}


@given(st.text(max_size=40), st.text(max_size=40))
def test_nothing_crashes_it_and_nothing_outside_passes(path: str, stack: str) -> None:
    """Any words: what passes is a stack, and a file in it or a document."""
    verdict = judged((path,), stack)
    if verdict.result is Result.PASS:
        assert stack.count("/") == 1
        assert stack.startswith("stacks/")
        assert path.startswith(f"{stack}/") or path.endswith(".md")
    assert rules(verdict) <= RULES.keys()
