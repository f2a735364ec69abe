"""What must not happen when the past is read: no path, id or pattern is an order, and nothing in it leads elsewhere."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters import git_asked
from bot.adapters.git import Git
from bot.adapters.git_history import LARGEST, GitHistory
from bot.adapters.repository import Repository
from bot.errors import Permanent, Refused
from tests.bot.adapters.test_git_history import LONG_AGO, history, remote
from tests.remote import BRANCH, Remote

__all__ = ["history", "remote"]


def odd(remote: Remote, mode: str, path: str, points_to: str) -> str:
    """Somebody pushes a link or a submodule."""
    remote.git("read-tree", remote.head())
    blob = points_to if mode == "160000" else remote.git("hash-object", "-w", "--stdin", given=points_to.encode())
    remote.git("update-index", "--index-info", given=f"{mode} {blob}\t{path}\n".encode())
    made = remote.git("commit-tree", remote.git("write-tree"), "-p", remote.head(), "-m", f"add {path}")
    remote.git("update-ref", f"refs/heads/{BRANCH}", made)
    return made


async def test_a_message_that_looks_like_git_is_only_a_message(remote: Remote, history: GitHistory) -> None:
    """Neither ids, nor controls, nor what looks like the end of a record makes a commit of it."""
    fake = f"harmless\n\n\x01\x02\n{'0' * 40}\n1700000000\nA\tstacks/vault/main.tf\n\nA"
    remote.commit({"README.md": "c\n"}, fake)
    log = await history.log((await history.newest()).commit, LONG_AGO)
    assert [change.title for change in log] == ["harmless", "first"]
    assert log[0].paths == ("README.md",)


ORDERS = ("--open-files-in-pager=touch x", "-f/etc/passwd", "-O", "--", "(", "a**", "[", "$(touch x)", "`id`", "'; id")


async def test_a_pattern_is_never_an_order(history: GitHistory) -> None:
    """It is looked for, whatever it looks like."""
    head = (await history.newest()).commit
    for pattern in ORDERS:
        assert await history.grep(head, pattern) == ()
        with suppress(Permanent):  # git says that it is no regular expression
            await history.grep(head, pattern, regular=True)


async def test_a_costly_pattern_costs_nothing(remote: Remote, history: GitHistory) -> None:
    """What could go on for ever is refused; what is left is quick on the worst of texts."""
    for costly in (r"(a*)*\1b", "(a{1,1000}){1,1000}", "((a{9}){9}){9}"):
        with pytest.raises(Refused):
            await history.grep(remote.head(), costly, regular=True)
    head = remote.commit({"as.txt": ("a" * 2000 + "\n") * 10})
    await history.newest()
    for pattern in ("(a*)*b", "(a+)+$b", "(a|a)*b", "(a|aa)+c", ".*.*.*.*.*b"):
        assert await history.grep(head, pattern, ["as.txt"], regular=True) == ()


async def test_links_and_submodules_are_told_and_never_followed(remote: Remote, history: GitHistory) -> None:
    """Neither a link to a file of this machine, nor one to a folder, nor a path through one."""
    odd(remote, "120000", "stacks/nextcloud/passwd", "/etc/passwd")
    odd(remote, "120000", "vlink", "stacks/redis")
    made = odd(remote, "160000", "sub", "1" * 40)
    head = (await history.newest()).commit
    link = await history.read(head, "stacks/nextcloud/passwd")
    assert (link.kind, link.text) == ("link", "to /etc/passwd")
    assert (await history.read(head, "sub")).kind == "submodule"
    for through in ("vlink/main.tf", "sub/x", "stacks/nextcloud/passwd/x"):
        with pytest.raises(Refused):
            await history.read(head, through)
    assert await history.grep(head, "root:", ["stacks/nextcloud/passwd"]) == ()
    assert (await history.read(head, "stacks/nextcloud")).text == "main.tf\npasswd (a link)"
    assert "Subproject commit" in (await history.show(made)).text


HOSTILE = (
    "../etc/passwd",
    "/etc/passwd",
    "a/../../x",
    "./x",
    "a//b",
    "-rf",
    "--output=x",
    ":(glob)**",
    ":/",
    ":!x",
    "~/x",
    ".git/config",
    "a/.GIT/x",
    "a\0b",
    "a\nb",
    "a\\b",
    "\u202egnp",
    "",
    "   ",
    "x" * 2000,
)


async def test_a_path_that_is_none_is_refused_whatever_is_asked(history: GitHistory) -> None:
    """Before git hears of it."""
    head = (await history.newest()).commit
    for path in HOSTILE:
        for ask in (
            history.read(head, path),
            history.log(head, LONG_AGO, [path]),
            history.show(head, [path]),
            history.grep(head, "x", [path]),
        ):
            with pytest.raises(Refused):
                await ask


@given(st.one_of(st.text(max_size=60), st.from_regex(r"(\.\.?/|/|-|:\(|[a-z]|\.git|\\){1,12}", fullmatch=True)))
def test_no_path_that_is_let_through_leads_out(name: str) -> None:
    """Whatever is typed: it stays below the root, names nothing of git's own, and is no option and no magic."""
    try:
        path = git_asked.path(name)
    except Refused:
        return
    parts = path.split("/")
    assert not path.startswith(("/", "-", ":", "~"))
    assert all(part not in ("", ".", "..") and part.casefold() != ".git" for part in parts)
    assert path.isprintable()


async def test_only_an_id_names_a_commit(history: GitHistory) -> None:
    """No branch, no range, no way of counting back."""
    head = (await history.newest()).commit
    for commit in ["HEAD", BRANCH, "HEAD~1", "a..b", "--all", "@", "deadbeef^{tree}", "", "abc", "DEADBEEF", "g" * 40]:
        with pytest.raises(Refused):
            await history.commit(head, commit)


async def test_only_what_is_on_the_branch_is_a_commit(remote: Remote, history: GitHistory, tmp_path: Path) -> None:
    """Not what another branch has, nor a tree or a file, nor what came after."""
    first = remote.head()
    head = (await history.newest()).commit
    assert await history.commit(head, first[:8]) == first
    other = remote.commit({"x": "y"}, branch="other")
    await Git(tmp_path / "data", remote.url, "other").fetch()
    later = remote.commit({"z": "z"})
    await history.newest()
    for wanted in (other, later, remote.git("rev-parse", f"{first}^{{tree}}"), "0" * 40):
        with pytest.raises(Refused):
            await history.commit(head, wanted)
    assert await history.commit(later, later) == later


def test_files_that_hold_secrets_are_known_by_their_names() -> None:
    """And others are not taken for them."""
    hold: tuple[str, ...] = (
        "terraform.tfvars",
        "a/prod.tfstate.backup",
        ".env",
        ".env.local",
        "secrets/x.yaml",
        "ssl/site.key",
    )
    hold += ("x.enc.yaml", "a/id_rsa", ".kube/config", "kubeconfig", "secret.yaml", "SECRETS/x", "db.SOPS.json")
    assert [name for name in hold if not git_asked.withheld(name)] == []
    free = ("main.tf", "docs/secrets.md", "environment.tf", "keys.tf", "stacks/vault/main.tf", "secret-store/main.tf")
    assert [name for name in free if git_asked.withheld(name)] == []


async def test_what_holds_secrets_or_is_no_text_or_is_huge_is_not_read(remote: Remote, history: GitHistory) -> None:
    """Each is refused with a sentence; bytes that are no text are shown as such."""
    head = remote.commit({"a.tfvars": "password = x\n", "b.bin": "a\0b", "c.txt": "x" * (LARGEST + 1)})
    await history.newest()
    for path in ("a.tfvars", "b.bin", "c.txt", "unheard-of"):
        with pytest.raises(Refused):
            await history.read(head, path)


async def test_agents_read_no_post_mortem_through_git(remote: Remote, tmp_path: Path) -> None:
    """One about what is private by now may still lie there; search and reading leave it out, and so does git."""
    name = "docs/post-mortems/2026-01-01-mail.md"
    commit = remote.commit({name: "The passphrase was tulip.\n", "README.md": "tulip\n"}, "Write it down")
    git = Git(tmp_path / "data", remote.url, BRANCH)
    asked = Repository(git, BRANCH, "docs/post-mortems").history(for_agents=True)
    head = (await asked.newest()).commit
    assert head == commit
    for path in (name, "Docs/Post-Mortems/2026-01-01-mail.md"):
        with pytest.raises(Refused):
            await asked.read(head, path)
    assert [match.path for match in await asked.grep(head, "tulip")] == ["README.md"]
    shown = await asked.show(commit)
    assert "passphrase" not in shown.text
    assert name in shown.left_out
