"""What an agent writes stays in one stack, fits what stands there, and is refused whole where it does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.change.gates.diff import Surroundings, Touched, diff_gate
from bot.change.gates.paths import odd
from bot.change.model import Edit, Result
from bot.change.overlay import FILES, LONGEST, Bounds, Write, folded, laid_over, stack_of, text_of
from bot.change.policy import Limits
from bot.errors import Refused

MAIN = "stacks/nextcloud/main.tf"
TEXTS = {
    MAIN: 'memory = "64Mi"\ncpu = "1"\n',
    "stacks/nextcloud/values.yaml": "a: 1\n",
    "stacks/nextcloud/templates/x.tpl": "x\n",
    "stacks/immich/main.tf": "x = 1\n",
    "stacks/vault/main.tf": "v = 1\n",
    "modules/ingress/main.tf": "m = 1\n",
    "docs/runbooks/disk.md": "# Disk\n",
}
LINKS = frozenset({"stacks/nextcloud/shared", "stacks/nextcloud/linked.tf"})
BOUNDS = Bounds(
    stacks=("stacks/nextcloud", "stacks/immich"), paths=frozenset(TEXTS) | LINKS | {".github/ci.yml"}, links=LINKS
)
DOCUMENTS = Bounds(documents=("docs/runbooks",), paths=BOUNDS.paths, links=LINKS)


def _write(path: str, old: str | None, new: str, number: int = 1) -> Write:
    return Write(number=number, path=path, old=old, new=new)


def _laid(*writes: Write, bounds: Bounds = BOUNDS) -> tuple[Edit, ...]:
    edits: tuple[Edit, ...] = ()
    for write in writes:
        edits = laid_over(edits, write, TEXTS.get(write.path), bounds)
    return edits


def test_a_file_is_changed_and_one_is_made() -> None:
    """What is read afterwards is what was written; the base is as it was."""
    edits = _laid(_write(MAIN, '"64Mi"', '"2Gi"'), _write("stacks/nextcloud/alerts.tf", None, "a = 1"))
    assert edits == (
        Edit(path=MAIN, before=TEXTS[MAIN], after='memory = "2Gi"\ncpu = "1"\n'),
        Edit(path="stacks/nextcloud/alerts.tf", before=None, after="a = 1\n"),
    )
    assert text_of(edits, MAIN, TEXTS[MAIN]) == 'memory = "2Gi"\ncpu = "1"\n'
    assert text_of(edits, "stacks/nextcloud/values.yaml", "a: 1\n") == "a: 1\n"
    assert stack_of(edits, BOUNDS) == "stacks/nextcloud"


def test_edits_come_on_top_of_each_other_in_their_order() -> None:
    """Whatever order they are read in; a file that ends as it began is no edit."""
    writes = [_write(MAIN, '"64Mi"', '"1Gi"'), _write(MAIN, '"1Gi"', '"2Gi"', 2)]
    assert folded(reversed(writes), TEXTS, BOUNDS)[0].after == 'memory = "2Gi"\ncpu = "1"\n'
    back = [_write(MAIN, '"64Mi"', '"1Gi"'), _write(MAIN, '"1Gi"', '"64Mi"', 2)]
    assert folded(back, TEXTS, BOUNDS) == ()
    assert folded([], TEXTS, BOUNDS) == ()


@pytest.mark.parametrize(
    "path",
    [
        "stacks/vault/main.tf",
        "stacks/nextcloud/../vault/main.tf",
        "/stacks/nextcloud/a.tf",
        "../a.tf",
        "stacks/nextcloud/./a.tf",
        "stacks//nextcloud/a.tf",
        "stacks/nextcloud",
        "stacks/nextcloud/",
        "stacks/nextcloud-2/a.tf",
        "Stacks/nextcloud/a.tf",
        "stacks/Nextcloud/a.tf",
        "stacks/nextcloud/Main.tf",
        "stacks/nextcloud/Templates/y.tpl",
        "stacks/nextcloud/main.tf/a.tf",
        "stacks/nextcloud/shared/main.tf",
        "stacks/nextcloud/SHARED/main.tf",
        "stacks/nextcloud/linked.tf",
        "stacks/nextcloud/run.sh",
        "stacks/nextcloud/terragrunt.hcl",
        "stacks/nextcloud/x.auto.tfvars",
        "stacks/nextcloud/main.tf.json",
        "stacks/nextcloud/override.tf",
        "stacks/nextcloud/.hidden.tf",
        "stacks/nextcloud/.terraform/modules/x.tf",
        "stacks/nextcloud/.github/ci.yaml",
        "stacks/nextcloud/scripts/x.yaml",
        ".github/ci.yml",
        ".woodpecker/deploy.yml",
        "modules/ingress/main.tf",
        "docs/runbooks/disk.md",
        "README.md",
        "stacks/nextcloud/a\n.tf",
        "stacks/nextcloud/a\u0440.tf",
        "stacks/nextcloud/a /b.tf",
        "",
    ],
)
def test_nothing_else_is_ever_written(path: str) -> None:
    """Not by another stack, a link, a way up, a letter's case, a dot, or a file that steers something."""
    for old in (None, TEXTS.get(path, "x")):
        with pytest.raises(Refused):
            _laid(_write(path, old, "y\n"))


def test_a_document_is_written_where_documents_are() -> None:
    """Markdown alone, and nothing in a stack."""
    assert _laid(_write("docs/runbooks/full.md", None, "# Full\n"), bounds=DOCUMENTS)[0].after == "# Full\n"
    for path in (MAIN, "docs/runbooks/x.tf", "docs/other.md", "docs/runbooks/../x.md", "docs/Runbooks/x.md"):
        with pytest.raises(Refused):
            _laid(_write(path, None, "x\n"), bounds=DOCUMENTS)


def test_a_change_stays_in_the_stack_that_it_began_in() -> None:
    """The first edit chooses; the sentence says which one it was."""
    edits = _laid(_write(MAIN, "64Mi", "2Gi"))
    with pytest.raises(Refused, match="below stacks/nextcloud"):
        laid_over(edits, _write("stacks/immich/main.tf", "x", "y", 2), TEXTS["stacks/immich/main.tf"], BOUNDS)
    assert stack_of(_laid(_write("stacks/immich/main.tf", "x", "y")), BOUNDS) == "stacks/immich"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("128Mi", "2Gi", "does not stand there"),
        ('"', "'", "times"),
        ("", "x", "empty"),
        ("64Mi", "64Mi", "is the old one"),
        (TEXTS[MAIN], " \n", "Nothing would be left"),
        ("64Mi", "2Gi\u202e", "nobody sees"),
        ("64Mi", "2Gi\x00", "nobody sees"),
        ("64Mi", "\ud800", "nobody sees"),
        ("64Mi", "x" * LONGEST, "longer than"),
        (None, "x", "there already"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_way_on(old: str | None, new: str, said: str) -> None:
    """The old text stands there exactly once, and the new one can be read."""
    with pytest.raises(Refused, match=said):
        _laid(_write(MAIN, old, new))


def test_a_text_that_overlaps_itself_stands_there_twice() -> None:
    """Nobody can tell which is meant."""
    with pytest.raises(Refused, match="times"):
        laid_over((), _write(MAIN, "aa", "b"), "aaa", BOUNDS)


@pytest.mark.parametrize(("old", "new"), [(None, " \n"), ("x", "y")])
def test_what_is_not_there_is_made_and_not_changed(old: str | None, new: str) -> None:
    """And what is made has something in it."""
    with pytest.raises(Refused):
        _laid(_write("stacks/nextcloud/new.tf", old, new))


def test_a_change_has_only_so_many_files() -> None:
    """A file that is changed again is none more."""
    edits = _laid(*(_write(f"stacks/nextcloud/f{number}.tf", None, "x", number + 1) for number in range(FILES)))
    assert len(laid_over(edits, _write("stacks/nextcloud/f0.tf", "x", "y", 90), None, BOUNDS)) == FILES
    with pytest.raises(Refused, match="at most"):
        laid_over(edits, _write("stacks/nextcloud/more.tf", None, "x", 91), None, BOUNDS)


_PARTS = st.sampled_from(
    ["stacks", "nextcloud", "vault", "immich", "Nextcloud", "..", ".", "", "shared", "main.tf", "new.tf", ".git",
     "x.md", "values.yaml", "docs", "runbooks", "disk.md", "a.sh", "linked.tf", "modules", "\u2024", "x.tfvars"]
)  # fmt: skip
_PATHS = st.one_of(st.lists(_PARTS, max_size=5).map("/".join), st.text(max_size=40), st.sampled_from(sorted(TEXTS)))
_WRITES = st.builds(
    Write,
    number=st.just(1),
    path=_PATHS,
    old=st.none() | st.text("a64Mi =1\n", max_size=4),
    new=st.text(max_size=10),
)


@given(st.lists(_WRITES, max_size=8), st.sampled_from([BOUNDS, DOCUMENTS]))
def test_whatever_is_written_the_diff_gate_has_nothing_to_refuse(writes: list[Write], bounds: Bounds) -> None:
    """No path leads out, no two files look the same, and what is refused leaves all as it was."""
    edits: tuple[Edit, ...] = ()
    for write in writes:
        before = edits
        try:
            edits = laid_over(edits, write, TEXTS.get(write.path), bounds)
        except Refused:
            assert edits == before
            continue
        assert text_of(edits, write.path, None) is not None
        assert write.new in str(text_of(edits, write.path, None))
    for edit in edits:
        assert not odd(edit.path)
        assert edit.before == TEXTS.get(edit.path)
    if edits:
        stack = stack_of(edits, bounds)
        touched = [_touched(edit) for edit in edits]
        around = Surroundings(stack=stack, links=LINKS, documents=bounds.documents)
        assert diff_gate(touched, edits, around, Limits()).result is not Result.REFUSE
        assert all(edit.path.startswith(f"{stack}/" if stack else "docs/runbooks/") for edit in edits)


def _touched(edit: Edit) -> Touched:
    if edit.before is None:
        return Touched(path=edit.path, status="A", old_mode="000000", new_mode="100644")
    return Touched(path=edit.path, status="M", old_mode="100644", new_mode="100644")
