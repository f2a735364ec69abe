"""The HCL gate: what a change may not add to Terraform's files, judged before any Terraform process starts."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from bot.change.gates import texts
from bot.change.gates.constructs import Construct, constructs, sources
from bot.change.gates.feeds import fed
from bot.change.gates.lexer import Unreadable
from bot.change.gates.parsed import LONGEST, Parsed, parsed
from bot.change.model import Edit, Finding, Gate, Result, Verdict

#: Characters of all texts together, before and after: some eight seconds of reading.
MOST = 600_000
#: Rules, and what each is about.
RULES: dict[str, str] = {
    "hcl.unreadable": "what cannot be read for sure is not planned",
    "hcl.long": f"a file has at most {LONGEST} characters, and a stack {MOST}",
    "hcl.outside": "only files of the stack itself may be changed",
    "hcl.override": "an override file changes blocks that stand elsewhere",
    "hcl.hidden": "letters that nobody can see do not belong into a file",
    "hcl.provisioner": "a provisioner runs commands",
    "hcl.connection": "a connection says where commands are run",
    "hcl.lifecycle": "a lifecycle decides what may be destroyed or left unwatched",
    "hcl.terraform": "the terraform block decides how Terraform itself works",
    "hcl.backend": "a backend decides where the state is kept",
    "hcl.provider": "a provider decides what a change reaches, and with which code",
    "hcl.removed": "a removed block makes Terraform forget something",
    "hcl.moved": "a moved block changes the state",
    "hcl.import": "an import block changes the state",
    "hcl.ephemeral": "an ephemeral block fetches or opens something",
    "hcl.unknown": "this kind of block is not known",
    "hcl.check": "a check with a data source asks somebody outside",
    "hcl.condition": "a condition decides what is allowed",
    "hcl.data_sends": "this kind of data source runs, sends or reads something while a plan is made",
    "hcl.data": "a data source reads something that the stack did not read before",
    "hcl.runs": "this kind of resource writes or runs something on the machine that applies",
    "hcl.variable": "a variable without a default needs a value from somewhere",
    "hcl.function": "a function of a provider is code that we do not know",
    "hcl.file": "files are read only from inside the stack, by a path in plain letters",
    "hcl.sensitive": "it would show a secret",
    "hcl.env": "the environment steers Terraform, and is not for a change to touch",
    "hcl.module": "a module is code from elsewhere",
    "hcl.module_again": "a module that the stack uses already is used once more",
    "hcl.template": "a template may not read files",
    "hcl.feeds": "it runs, sends or reads a value that the change edits",
    "hcl.feeds_run": "it runs commands with a value that the change edits",
    "hcl.secret": "it takes a secret from where it is kept",
    "hcl.cluster": "it is about rights or secrets of the cluster, or reaches out of a container",
}
_KINDS = (".tf", ".tpl", ".yaml", ".yml", ".md")
Files = dict[str, Parsed]


def hcl_gate(edits: Sequence[Edit], stack: str) -> Verdict:
    """Judges what the change adds and edits.

    Files of the stack that it leaves alone may be among `edits`, with `before` equal to `after`: then it also sees
    which of their blocks a changed value reaches, and which modules are used already.
    """
    try:
        findings = tuple(dict.fromkeys(_findings(edits, stack)))
    except RecursionError:
        findings = (_finding("hcl.unreadable", Result.REFUSE, "The change is nested too deeply"),)
    return Verdict(gate=Gate.HCL, findings=findings)


def _finding(rule: str, result: Result, begin: str) -> Finding:
    return Finding(rule=rule, result=result, sentence=f"{begin[:200]}: {RULES[rule]}.")


def _findings(edits: Sequence[Edit], stack: str) -> Iterator[Finding]:
    if sum(map(len, {text for edit in edits for text in (edit.before, edit.after) if text})) > MOST:
        yield _finding("hcl.long", Result.REFUSE, "The change cannot be judged")
        return
    before: Files = {}
    after: Files = {}
    unread: list[Finding] = []
    for edit in edits:
        yield from _of_path(edit, stack)
        yield from _of_text(edit)
        if edit.path.endswith(".tf"):
            unread += _read(edit, before, after)
    yield from unread
    if unread:
        return
    yield from _compared(before, after)
    yield from _modules(before, after)
    changed = [edit.path for edit in edits if edit.before != edit.after and not edit.path.endswith(".tf")]
    for each in fed(before, after, {path.rpartition("/")[2] for path in changed}, stack):
        yield _finding(each.rule, each.result, f"The change reaches {each.where}")


def _of_path(edit: Edit, stack: str) -> Iterator[Finding]:
    name = edit.path.rpartition("/")[2]
    inside = bool(stack) and edit.path.startswith(f"{stack}/")
    if not name.endswith(_KINDS) or not (inside or name.endswith(".md")):
        yield _finding("hcl.outside", Result.REFUSE, f"The change touches {edit.path}")
    if edit.before != edit.after and (name == "override.tf" or name.endswith("_override.tf")):
        yield _finding("hcl.override", Result.REFUSE, f"The change touches {edit.path}")


def _read(edit: Edit, before: Files, after: Files) -> Iterator[Finding]:
    for text, into in ((edit.before, before), (edit.after, after)):
        if text is None:
            continue
        try:
            into[edit.path] = parsed(text)
        except Unreadable as error:
            yield _finding("hcl.unreadable", Result.REFUSE, f"{edit.path} cannot be read, since {error}")


def _of_text(edit: Edit) -> Iterator[Finding]:
    old, new = edit.before or "", edit.after or ""
    if old == new:
        return
    if len(new) > LONGEST or len(old) > LONGEST:
        yield _finding("hcl.long", Result.REFUSE, f"{edit.path} is too long")
        return
    looks: list[tuple[str, Result, Callable[[str], Counter[str]]]] = [
        ("hcl.hidden", Result.REFUSE, texts.hidden),
        ("hcl.env", Result.REFUSE, texts.environment),
    ]
    if not edit.path.endswith(".tf"):
        looks.append(("hcl.template", Result.REFUSE, texts.calls))
    if not edit.path.endswith(".md"):
        is_yaml = edit.path.endswith((".yaml", ".yml"))
        looks.append(("hcl.secret", Result.PERSON, texts.secrets))
        looks.append(("hcl.cluster", Result.PERSON, texts.manifest if is_yaml else texts.cluster))
    for rule, result, look in looks:
        try:
            found = look(new) - _before(look, old)
        except Unreadable as error:
            yield _finding("hcl.unreadable", Result.REFUSE, f"{edit.path} cannot be read, since {error}")
            continue
        if found:
            yield _finding(rule, result, f"The change adds something to {edit.path}")


def _before(look: Callable[[str], Counter[str]], text: str) -> Counter[str]:
    """A text that could not be read held nothing that we would let stand."""
    try:
        return look(text)
    except Unreadable:
        return Counter()


def _all(files: Files) -> Counter[tuple[str, Construct]]:
    """Every construct, by the folder that it stands in; calls within heredocs are only looked for."""
    found: Counter[tuple[str, Construct]] = Counter()
    for path, file in files.items():
        folder = path.rpartition("/")[0]
        found.update((folder, each) for each in constructs(file))
        for heredoc in file.heredocs:
            for call, times in texts.calls(heredoc).items():
                found[folder, Construct("hcl.template", Result.REFUSE, f"text in {path}", call)] += times
    return found


def _compared(before: Files, after: Files) -> Iterator[Finding]:
    old, new = _all(before), _all(after)
    for _, each in new - old:
        yield _finding(each.rule, each.result, f"The change adds or edits {each.where}")
    there = {(folder, each.rule, each.where) for folder, each in new}
    for folder, each in old - new:
        if (folder, each.rule, each.where) not in there and each.result is Result.REFUSE:
            keeps = each.rule in ("hcl.lifecycle", "hcl.provider", "hcl.terraform", "hcl.backend")
            yield _finding(each.rule, Result.REFUSE if keeps else Result.PERSON, f"The change takes away {each.where}")


def _modules(before: Files, after: Files) -> Iterator[Finding]:
    old, new = sources(before), sources(after)
    known = {(folder, *pair) for folder, _, *pair in old}
    had = {(folder, address) for folder, address, *_ in old}
    for folder, address, source, version in new - old:
        again = (folder, source, version) in known and source.startswith(('" ./', '" ../'))
        if again and (folder, address) not in had:
            yield _finding("hcl.module_again", Result.PERSON, f"The change adds {address}")
        else:
            yield _finding("hcl.module", Result.REFUSE, f"The change adds or edits {address}")
