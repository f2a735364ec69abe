"""The stack gate: protected stacks and shared modules are untouchable, by whatever path or link one gets there."""

from collections.abc import Collection, Iterator, Sequence

from bot.change.gates.paths import inside, inside_any_case, odd, through_link
from bot.change.model import Finding, Gate, Result, Verdict
from bot.incident.model import Frozen

#: Rules, and what each is about.
RULES: dict[str, str] = {
    "stack.name": "a change is about exactly one folder right below the folder of stacks",
    "stack.protected": "a protected stack is only changed by people",
    "stack.link": "nothing is reached through a link or a submodule",
    "stack.shared": "modules that stacks share are never changed",
    "stack.outside": "a change stays in its one stack",
    "stack.module_protected": "a module lies in a protected stack",
    "stack.module_outside": "a module comes from outside the repository",
    "stack.module_link": "a module is reached through a link or a submodule",
}


class Module(Frozen):
    """A row of `.terraform/modules/modules.json`.

    `folder` is its canonical directory from the root of the repository, empty where it lies outside.
    """

    key: str
    source: str
    folder: str


def stack_gate(
    touched_paths: Sequence[str],
    stack: str,
    protected: Sequence[str],
    modules_folder: str,
    stacks_folder: str,
    links: frozenset[str],
    modules: Sequence[Module] = (),
) -> Verdict:
    """Judges where the change is, and where the modules that it uses lie. `protected` are names of stacks."""
    forbidden = frozenset(f"{stacks_folder}/{each.strip('/').split('/')[-1]}" for each in protected if each.strip("/"))
    findings = list(_of_stack(stack, stacks_folder, forbidden, links))
    for path in touched_paths:
        findings += _of_path(path, stack, forbidden, modules_folder, links)
    for module in modules:
        findings += _of_module(module, forbidden, links)
    return Verdict(gate=Gate.STACK, findings=tuple(dict.fromkeys(findings)))


def _finding(rule: str, begin: str) -> Finding:
    return Finding(rule=rule, result=Result.REFUSE, sentence=f"{begin}: {RULES[rule]}.")


def _said(path: str) -> str:
    return "".join(letter if letter.isascii() and letter.isprintable() else "?" for letter in path[:120]) or "nothing"


def _in_one(path: str, folders: Collection[str]) -> bool:
    return any(inside_any_case(path, folder) for folder in folders)


def _of_stack(stack: str, stacks_folder: str, forbidden: Collection[str], links: Collection[str]) -> Iterator[Finding]:
    name = stack.removeprefix(f"{stacks_folder}/")
    if odd(stack) or not inside(stack, stacks_folder) or "/" in name or name.startswith("."):
        yield _finding("stack.name", f"The stack is called {_said(stack)}")
    if _in_one(stack, forbidden):
        yield _finding("stack.protected", f"The stack is {_said(stack)}")
    if through_link(stack, links):
        yield _finding("stack.link", f"{_said(stack)} is a link")


def _of_path(
    path: str, stack: str, forbidden: Collection[str], modules_folder: str, links: Collection[str]
) -> Iterator[Finding]:
    said = f"The change touches {_said(path)}"
    if odd(path) or not (inside(path, stack) or path.endswith(".md")):
        yield _finding("stack.outside", said)
    if _in_one(path, forbidden):
        yield _finding("stack.protected", said)
    if inside_any_case(path, modules_folder):
        yield _finding("stack.shared", said)
    if through_link(path, links):
        yield _finding("stack.link", said)


def _of_module(module: Module, forbidden: Collection[str], links: Collection[str]) -> Iterator[Finding]:
    if not module.key:  # the stack itself
        return
    said = f"The stack uses the module {_said(module.key)} from {_said(module.source)}"
    local = module.source.startswith(("./", "../"))
    if local and (not module.folder or odd(module.folder)):
        yield _finding("stack.module_outside", said)
    if _in_one(module.folder, forbidden):
        yield _finding("stack.module_protected", said)
    if module.folder and through_link(module.folder, links):
        yield _finding("stack.module_link", said)
