"""The diff gate: which files a change may touch, and how, by what git says of it."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from bot.change.gates.paths import inside, inside_any_case, odd, through_link
from bot.change.model import Edit, Finding, Gate, Result, Verdict
from bot.change.policy import Limits
from bot.incident.model import Frozen

#: Rules, and what each is about.
RULES: dict[str, str] = {
    "diff.empty": "a change touches at least one file",
    "diff.path": "a path is written plainly, from the root of the repository",
    "diff.case": "a path is written with the very letters of its folder, and no two differ by case alone",
    "diff.outside": "only files of the one stack may be touched, and documents",
    "diff.kind": "only .tf, .tpl, .yaml, .yml and .md files may be touched",
    "diff.steers": "files that steer git, Terraform, tests or deployments are never touched",
    "diff.link": "links and submodules are never made, changed or gone through",
    "diff.rename": "nothing is renamed or copied",
    "diff.mode": "a file stays an ordinary file, which nobody can run",
    "diff.status": "what git says of a file has to be known",
    "diff.match": "what git says and what was judged are the same files",
    "diff.delete": "taking away a whole file is for a person",
    "diff.files": "so many files are for a person",
    "diff.lines": "so many lines are for a person",
}
_KINDS = (".tf", ".tpl", ".yaml", ".yml", ".md")
_STEERS = re.compile(
    r"\.git.*|\.woodpecker.*|\.sops.*|scripts|hooks|\.husky|\.terraform.*|\.?terraform\.rc|\.terraformrc|.*\.hcl|\.envrc|\.env.*"
    r"|.*\.tfvars(?:\.json)?|.*\.tf\.json|.*\.tfstate.*|.*\.tfplan|.*\.tofu|.*\.tftest\..*|(?:.*_)?override\.tf"
    r"|\.pre-commit.*|\.gitlab.*|\.drone.*|\.circleci|renovate\..*|dependabot\..*|atlantis\.ya?ml|.*\.tfbackend",
    re.IGNORECASE,
)
_FILE = "100644"
_NONE = "000000"
#: Lines up to which two texts are compared one by one; of longer ones all count.
_COMPARED = 2000


class Touched(Frozen):
    """One entry of git's raw diff between two commits, renames detected.

    `status` is A, M, D, R, C or T; modes are git's, such as 100644, and 000000 for none. `old_path` is that of a rename
    or a copy.
    """

    path: str
    status: str
    old_mode: str
    new_mode: str
    old_path: str = ""


class Surroundings(Frozen):
    """Where the change may be: in `stack`, and with Markdown in the folders `documents`.

    `links` are the paths of the base tree that are links or submodules.
    """

    stack: str
    links: frozenset[str] = frozenset()
    documents: tuple[str, ...] = ()


def diff_gate(touched: Sequence[Touched], edits: Sequence[Edit], around: Surroundings, limits: Limits) -> Verdict:
    """Judges what is touched. `edits` are the same files, with their texts."""
    findings = [*_as_a_whole(touched, edits), *_amount(edits, limits)]
    for each in touched:
        findings += _of_entry(each)
        for path in filter(None, (each.path, each.old_path)):
            findings += _of_path(path, around)
    for edit in edits:
        findings += _of_path(edit.path, around)
        if edit.after is None:
            findings.append(_finding("diff.delete", Result.PERSON, f"The change takes away {_name(edit.path)}"))
    return Verdict(gate=Gate.DIFF, findings=tuple(dict.fromkeys(findings)))


def _finding(rule: str, result: Result, begin: str) -> Finding:
    return Finding(rule=rule, result=result, sentence=f"{begin}: {RULES[rule]}.")


def _refused(rule: str, path: str) -> Finding:
    return _finding(rule, Result.REFUSE, f"The change touches {_name(path)}")


def _name(path: str) -> str:
    """A path as people may see it."""
    return "".join(letter if letter.isascii() and letter.isprintable() else "?" for letter in path[:120]) or "nothing"


def _as_a_whole(touched: Sequence[Touched], edits: Sequence[Edit]) -> Iterator[Finding]:
    paths, judged = [each.path for each in touched], [edit.path for edit in edits]
    if not touched or not edits:
        yield _finding("diff.empty", Result.REFUSE, "The change is empty")
    if Counter(paths) != Counter(judged) or len(set(paths)) != len(paths):
        yield _finding("diff.match", Result.REFUSE, "The commit is not what was prepared")
    folded = {path.casefold() for path in (*paths, *judged)}
    if len(folded) != len({*paths, *judged}):
        yield _finding("diff.case", Result.REFUSE, "The change has two paths that look the same")
    status = {each.path: each.status for each in touched}
    for edit in edits:
        expected = "A" if edit.before is None else "D" if edit.after is None else "M"
        if edit.path in status and status[edit.path] != expected:
            yield _finding("diff.match", Result.REFUSE, f"Git says something else of {_name(edit.path)}")


def _of_entry(each: Touched) -> Iterator[Finding]:
    links = {"120000", "160000", "040000"}
    if each.old_mode in links or each.new_mode in links:
        yield _refused("diff.link", each.path)
    elif each.status in ("R", "C") or each.old_path:
        yield _refused("diff.rename", each.path)
    elif each.status not in ("A", "M", "D"):
        yield _refused("diff.mode" if each.status == "T" else "diff.status", each.path)
    elif not _ordinary(each):
        yield _refused("diff.mode", each.path)


def _ordinary(each: Touched) -> bool:
    """A file that could be run before may stay so; none becomes one, and none stops being one."""
    old, new = each.old_mode, each.new_mode
    if each.status == "A":
        return (old, new) == (_NONE, _FILE)
    if each.status == "D":
        return old in (_FILE, "100755") and new == _NONE
    return old == new and old in (_FILE, "100755")


def _of_path(path: str, around: Surroundings) -> Iterator[Finding]:
    if odd(path):
        yield _refused("diff.path", path)
        return
    if any(_STEERS.fullmatch(part) for part in path.split("/")):
        yield _refused("diff.steers", path)
    if not path.endswith(_KINDS):
        yield _refused("diff.kind", path)
    if through_link(path, around.links):
        yield _refused("diff.link", path)
    document = path.endswith(".md") and any(inside(path, folder) for folder in around.documents)
    if not document and not inside(path, around.stack):
        folders = (around.stack, *around.documents)
        variant = any(inside_any_case(path, folder) and not inside(path, folder) for folder in folders)
        yield _refused("diff.case" if variant else "diff.outside", path)


def _amount(edits: Sequence[Edit], limits: Limits) -> Iterator[Finding]:
    if len(edits) > limits.files:
        yield _finding("diff.files", Result.PERSON, f"The change touches {len(edits)} files")
    lines = sum(_lines(edit.before or "", edit.after or "") for edit in edits)
    if lines > limits.lines:
        yield _finding("diff.lines", Result.PERSON, f"The change adds and takes away {lines} lines")


def _lines(before: str, after: str) -> int:
    """Lines that are added and taken away."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    while old and new and old[0] == new[0]:
        old, new = old[1:], new[1:]
    while old and new and old[-1] == new[-1]:
        old, new = old[:-1], new[:-1]
    if not old or not new or max(len(old), len(new)) > _COMPARED:
        return len(old) + len(new)
    same = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    return len(old) + len(new) - 2 * sum(block.size for block in same)
