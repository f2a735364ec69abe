"""What a change may touch: a table of everything that git can say, and of every path that only looks right."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.change.gates.diff import RULES, Surroundings, Touched, diff_gate
from bot.change.model import Edit, Result, Verdict
from bot.change.policy import Limits

STACK = "stacks/nextcloud"
AROUND = Surroundings(
    stack=STACK, links=frozenset({f"{STACK}/vlink", f"{STACK}/leaf.tf"}), documents=("docs/post-mortems",)
)
FILE, RUN, LINK, GITLINK, NONE = "100644", "100755", "120000", "160000", "000000"


def judged(path: str, status: str = "M", old: str = FILE, new: str = FILE, *, source: str = "") -> Verdict:
    """The verdict on one touched file, with the edit that belongs to it."""
    edit = Edit(path=path, before=None if status == "A" else "a\n", after=None if status == "D" else "b\n")
    each = Touched(path=path, status=status, old_mode=old, new_mode=new, old_path=source)
    return diff_gate([each], [edit], AROUND, Limits())


def rules(verdict: Verdict) -> set[str]:
    """The names of its rules."""
    return {each.rule for each in verdict.findings}


@pytest.mark.parametrize(
    ("path", "status", "old", "new"),
    [
        (f"{STACK}/main.tf", "M", FILE, FILE),
        (f"{STACK}/alerts/new.yaml", "A", NONE, FILE),
        (f"{STACK}/values.yml", "M", FILE, FILE),
        (f"{STACK}/x.tpl", "M", RUN, RUN),
        (f"{STACK}/README.md", "M", FILE, FILE),
        ("docs/post-mortems/2026-04-14-x.md", "M", FILE, FILE),
    ],
)
def test_ordinary_files_of_the_stack_and_documents_pass(path: str, status: str, old: str, new: str) -> None:
    """What the gate is not about goes through it."""
    assert judged(path, status, old, new).result is Result.PASS


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("stacks/vault/main.tf", "diff.outside"),
        ("stacks/nextcloud2/main.tf", "diff.outside"),
        ("modules/ingress_factory/main.tf", "diff.outside"),
        ("main.tf", "diff.outside"),
        ("docs/other/x.md", "diff.outside"),
        ("docs/post-mortems/x.tf", "diff.outside"),
        ("Stacks/Nextcloud/main.tf", "diff.case"),
        ("stacks/NEXTCLOUD/main.tf", "diff.case"),
        ("Docs/post-mortems/x.md", "diff.case"),
        (f"{STACK}/../vault/main.tf", "diff.path"),
        (f"{STACK}/./main.tf", "diff.path"),
        (f"{STACK}//main.tf", "diff.path"),
        (f"/{STACK}/main.tf", "diff.path"),
        ("/etc/passwd", "diff.path"),
        ("", "diff.path"),
        (f"{STACK}\\main.tf", "diff.path"),
        (f"{STACK}/ma\nin.tf", "diff.path"),
        (f"{STACK}/main.tf\n", "diff.path"),
        (f"{STACK}/ma\x00in.tf", "diff.path"),
        (f"{STACK}/ma\u0456n.tf", "diff.path"),
        (f"{STACK}/e\u0301.tf", "diff.path"),
        (f"{STACK}/\u00e9.tf", "diff.path"),
        (f"{STACK}\u2215main.tf", "diff.path"),
        (f"{STACK}/x. /main.tf", "diff.path"),
        (f"{STACK}/terragrunt.hcl", "diff.steers"),
        (f"{STACK}/.terraform.lock.hcl", "diff.steers"),
        (f"{STACK}/.terraformrc", "diff.steers"),
        (f"{STACK}/terraform.rc", "diff.steers"),
        (f"{STACK}/terraform.tfvars", "diff.steers"),
        (f"{STACK}/x.auto.tfvars.json", "diff.steers"),
        (f"{STACK}/main.tf.json", "diff.steers"),
        (f"{STACK}/terraform.tfstate", "diff.steers"),
        (f"{STACK}/terraform.tfstate.backup", "diff.steers"),
        (f"{STACK}/override.tf", "diff.steers"),
        (f"{STACK}/main_override.tf", "diff.steers"),
        (f"{STACK}/scripts/run.tf", "diff.steers"),
        (f"{STACK}/hooks/x.md", "diff.steers"),
        (f"{STACK}/.terraform/modules/x.tf", "diff.steers"),
        (f"{STACK}/.github/workflows/x.yml", "diff.steers"),
        (f"{STACK}/.git/config.yaml", "diff.steers"),
        (f"{STACK}/.GIT/config.yaml", "diff.steers"),
        (f"{STACK}/.gitattributes", "diff.steers"),
        (f"{STACK}/.sops.yaml", "diff.steers"),
        (".woodpecker/deploy.yml", "diff.steers"),
        (".woodpecker.yml", "diff.steers"),
        (".github/workflows/ci.yaml", "diff.steers"),
        ("scripts/tg", "diff.steers"),
        (".gitmodules", "diff.steers"),
        (f"{STACK}/run.sh", "diff.kind"),
        (f"{STACK}/main.TF", "diff.kind"),
        (f"{STACK}/Makefile", "diff.kind"),
        (f"{STACK}/vlink/main.tf", "diff.link"),
        (f"{STACK}/vlink", "diff.link"),
        (f"{STACK}/VLINK/main.tf", "diff.link"),
        (f"{STACK}/leaf.tf", "diff.link"),
    ],
)
def test_every_other_path_is_refused(path: str, rule: str) -> None:
    """Up, absolute, through a link, in other letters, or a file that steers something: the rule says which."""
    verdict = judged(path)
    assert verdict.result is Result.REFUSE
    assert rule in rules(verdict)
    assert all(each.sentence.isascii() and each.sentence.isprintable() for each in verdict.findings)


@pytest.mark.parametrize(
    ("status", "old", "new", "source", "rule"),
    [
        ("A", NONE, LINK, "", "diff.link"),
        ("M", LINK, LINK, "", "diff.link"),
        ("T", FILE, LINK, "", "diff.link"),
        ("T", LINK, FILE, "", "diff.link"),
        ("D", LINK, NONE, "", "diff.link"),
        ("A", NONE, GITLINK, "", "diff.link"),
        ("M", GITLINK, GITLINK, "", "diff.link"),
        ("R", FILE, FILE, f"{STACK}/old.tf", "diff.rename"),
        ("R100", FILE, FILE, f"{STACK}/old.tf", "diff.rename"),
        ("C", FILE, FILE, "stacks/vault/main.tf", "diff.rename"),
        ("M", FILE, FILE, f"{STACK}/old.tf", "diff.rename"),
        ("A", NONE, RUN, "", "diff.mode"),
        ("M", FILE, RUN, "", "diff.mode"),
        ("M", RUN, FILE, "", "diff.mode"),
        ("M", FILE, NONE, "", "diff.mode"),
        ("T", FILE, FILE, "", "diff.mode"),
        ("X", FILE, FILE, "", "diff.status"),
        ("U", FILE, FILE, "", "diff.status"),
        ("", FILE, FILE, "", "diff.status"),
    ],
)
def test_every_other_kind_of_change_is_refused(status: str, old: str, new: str, source: str, rule: str) -> None:
    """Links, submodules, renames, copies and files that can be run are no edits."""
    verdict = judged(f"{STACK}/main.tf", status, old, new, source=source)
    assert verdict.result is Result.REFUSE
    assert rule in rules(verdict)


def test_a_rename_out_of_a_protected_stack_names_both_rules() -> None:
    """The old path is looked at as well."""
    verdict = judged(f"{STACK}/main.tf", "R", source="stacks/vault/main.tf")
    assert {"diff.rename", "diff.outside"} <= rules(verdict)


def test_what_git_says_and_what_was_judged_have_to_be_the_same() -> None:
    """A file more, a file less, the same one twice, or another status is refused."""
    one, two = (Edit(path=f"{STACK}/{name}.tf", before="a", after="b") for name in "ab")
    first, second = (Touched(path=each.path, status="M", old_mode=FILE, new_mode=FILE) for each in (one, two))
    assert diff_gate([first, second], [one, two], AROUND, Limits()).result is Result.PASS
    for touched, edits in (
        ([first, second], [one]),
        ([first], [one, two]),
        ([first, first], [one, one]),
        ([first], [two]),
        ([first.model_copy(update={"status": "D", "new_mode": NONE})], [one]),
    ):
        assert "diff.match" in rules(diff_gate(touched, edits, AROUND, Limits()))
    assert diff_gate([], [], AROUND, Limits()).result is Result.REFUSE


def test_two_paths_that_differ_by_case_alone_are_refused() -> None:
    """On some disks the second would overwrite the first."""
    edits = [Edit(path=f"{STACK}/{name}.tf", before="a", after="b") for name in ("main", "Main")]
    touched = [Touched(path=each.path, status="M", old_mode=FILE, new_mode=FILE) for each in edits]
    assert "diff.case" in rules(diff_gate(touched, edits, AROUND, Limits()))


def test_much_and_taking_away_are_for_a_person() -> None:
    """More lines or files than the limits, or a whole file that goes, is not refused and not let go either."""
    assert judged(f"{STACK}/main.tf", "D", FILE, NONE).result is Result.PERSON
    path = f"{STACK}/main.tf"
    touched = [Touched(path=path, status="M", old_mode=FILE, new_mode=FILE)]
    old = "".join(f"{line}\n" for line in range(300))
    new = "".join(f"{line}!\n" if line % 2 else f"{line}\n" for line in range(300))
    for lines, result in ((300, Result.PASS), (299, Result.PERSON)):
        verdict = diff_gate(touched, [Edit(path=path, before=old, after=new)], AROUND, Limits(lines=lines))
        assert verdict.result is result
    edits = [Edit(path=f"{STACK}/{name}.tf", before="a", after="b") for name in "abc"]
    many = [Touched(path=each.path, status="M", old_mode=FILE, new_mode=FILE) for each in edits]
    assert rules(diff_gate(many, edits, AROUND, Limits(files=2))) == {"diff.files"}


@given(st.text(max_size=60) | st.from_regex(r"(stacks|\.\.|\.|nextcloud|/|\\|a|\.tf|\.md|vault){1,10}", fullmatch=True))
@settings(deadline=None)
def test_no_path_outside_the_stack_slips_through(path: str) -> None:
    """Whatever is written as a path: what passes lies below the stack, to the letter and without a way up."""
    verdict = judged(path)
    if verdict.result is not Result.REFUSE:
        assert path.startswith((f"{STACK}/", "docs/post-mortems/"))
        assert not {"", ".", ".."} & set(path.split("/"))
    assert rules(verdict) <= RULES.keys()


@given(st.text(max_size=3), st.text(max_size=7), st.text(max_size=7))
def test_no_status_or_mode_that_is_not_known_slips_through(status: str, old: str, new: str) -> None:
    """Only three shapes of an entry pass."""
    each = Touched(path=f"{STACK}/main.tf", status=status, old_mode=old, new_mode=new)
    edit = Edit(path=each.path, before="a", after="b")
    assert (diff_gate([each], [edit], AROUND, Limits()).result is Result.PASS) == (
        status == "M" and old == new and old in (FILE, RUN)
    )
