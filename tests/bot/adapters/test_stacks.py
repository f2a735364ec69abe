"""Stacks at a commit, commits that stay in our mirror, and a commit's files on disk."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.adapters import checkout
from bot.adapters.stacks import inputs
from bot.errors import Permanent
from tests.bot.adapters.infra import STACK, Infra

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
FILES = {
    "stacks/vault/main.tf": "# vault\n",
    "stacks/README.md": "read me\n",
    "modules/nfs/main.tf": "# nfs\n",
    "root.hcl": "# root\n",
    "docs/post-mortems/one.md": "# One\n",
    ".gitattributes": "*.md export-ignore\n*.tf ident text eol=crlf filter=evil\n",
    "scripts/id.tf": "$Id$\n",
}


@pytest.fixture
def infra(tmp_path: Path) -> Infra:
    return Infra(tmp_path, "# nothing", FILES)


async def test_stacks_and_what_is_in_them(infra: Infra) -> None:
    """Folders right below the stacks folder; texts, trees, and none where there is none."""
    head = await infra.git.fetch()
    assert await infra.stacks.names(head) == (STACK, "stacks/vault")
    assert await infra.stacks.text(head, "stacks/vault/main.tf") == "# vault\n"
    assert await infra.stacks.text(head, "stacks/vault/no.tf") is None
    assert await infra.stacks.tree(head, STACK) == infra.remote.git("rev-parse", f"{head}:{STACK}")
    assert await infra.stacks.tree(head, "stacks/none") == await infra.stacks.tree(head, "root.hcl") == ""
    with pytest.raises(Permanent, match="no path in the repository"):
        await infra.stacks.tree(head, "stacks/../modules")


async def test_links_are_told_and_not_followed(infra: Infra) -> None:
    """Links and submodules are named; nothing is read, listed or planned through one."""
    infra.odd("stacks/alias", "vault")
    infra.odd("stacks/vault/leaf.tf", "main.tf")
    infra.odd("stacks/module", "", mode="160000")
    head = await infra.git.fetch()
    assert await infra.stacks.links(head) == {"stacks/alias", "stacks/vault/leaf.tf", "stacks/module"}
    assert await infra.stacks.names(head) == (STACK, "stacks/vault")
    assert await infra.stacks.tree(head, "stacks/alias") == await infra.stacks.tree(head, "stacks/module") == ""
    assert await infra.stacks.text(head, "stacks/alias/main.tf") is None
    for path in ("stacks/alias", "stacks/vault/leaf.tf", "stacks/module"):
        with pytest.raises(Permanent, match="is a link, and links are not followed"):
            await infra.stacks.text(head, path)


async def test_a_commit_of_ours_stays_here(infra: Infra) -> None:
    """Made on a base, the same however often, told by git's own diff; the remote has heard nothing of it."""
    base = await infra.git.fetch()
    files = {"stacks/vault/main.tf": "# new\n", "stacks/vault/more.tf": "a\n", "modules/nfs/main.tf": None}
    made = await infra.stacks.made(base, files, "fix: vault", AT)
    assert made == await infra.stacks.made(base, files, "fix: vault", AT)
    assert await infra.stacks.made(base, {}, "nothing", AT) == base
    found = {each.path: (each.status, each.old_mode, each.new_mode) for each in await infra.stacks.touched(base, made)}
    assert found == {
        "modules/nfs/main.tf": ("D", "100644", "000000"),
        "stacks/vault/main.tf": ("M", "100644", "100644"),
        "stacks/vault/more.tf": ("A", "000000", "100644"),
    }
    assert infra.remote.head() == base
    with pytest.raises(Permanent, match="no text that can be written"):
        await infra.stacks.made(base, {"a.tf": "\ud800"}, "odd", AT)


async def test_renames_and_links_show_in_the_diff(infra: Infra) -> None:
    """A rename has both paths, a file that becomes a link its modes."""
    long = "".join(f"# line {n}\n" for n in range(50))
    infra.remote.commit({"stacks/vault/old.tf": long})
    base = await infra.git.fetch()
    infra.remote.commit({"stacks/vault/old.tf": None, "modules/new.tf": long})
    infra.odd("stacks/vault/main.tf", "../x")
    renamed, linked = await infra.stacks.touched(base, await infra.git.fetch())
    assert (renamed.status, renamed.old_path, renamed.path) == ("R", "stacks/vault/old.tf", "modules/new.tf")
    assert (linked.status, linked.old_mode, linked.new_mode) == ("T", "100644", "120000")


async def test_a_commit_on_disk_is_its_bytes(infra: Infra, tmp_path: Path) -> None:
    """Every file as it is, whatever attributes ask for; nothing of git; nobody's hard link; ours alone to read."""
    infra.odd("scripts/run.sh", "#!/bin/sh\n", mode="100755")
    head = await infra.git.fetch()
    folder = tmp_path / "put" / "tree"
    checkout.make_folder(folder)
    await infra.stacks.put(head, folder)
    files = {str(each.relative_to(folder)): each for each in folder.rglob("*") if each.is_file()}
    assert files.keys() == set(infra.remote.files())
    assert {path: each.read_text() for path, each in files.items() if path in FILES} == FILES
    assert {stat.S_IMODE(each.stat().st_mode) for path, each in files.items() if path != "scripts/run.sh"} == {0o600}
    assert stat.S_IMODE(files["scripts/run.sh"].stat().st_mode) == 0o700
    assert {each.stat().st_nlink for each in files.values()} == {1}
    assert checkout.unlike(folder, await infra.stacks.entries(head)) == ""
    with pytest.raises(Permanent, match="cannot be written"):
        await infra.stacks.put(head, folder)


@pytest.mark.parametrize("target", ["/etc/passwd", "../../../outside", "up/../../outside", "../stacks/out/../../.."])
async def test_a_link_that_leads_out_is_left_out(infra: Infra, tmp_path: Path, target: str) -> None:
    """Also through other links; those that stay inside are kept, and no file is written through one."""
    infra.odd("stacks/vault/up", "../..")
    infra.odd("stacks/vault/kept", "../../modules/nfs")
    infra.odd("stacks/out", "../modules")
    infra.odd("stacks/vault/evil", target)
    head = await infra.git.fetch()
    folder = tmp_path / "put"
    folder.mkdir()
    await infra.stacks.put(head, folder)
    assert (folder / "stacks/vault/kept/main.tf").read_text() == "# nfs\n"
    evil = folder / "stacks/vault/evil"
    assert not evil.is_symlink() or evil.resolve().is_relative_to(folder)
    assert evil.is_symlink() is target.startswith("../stacks/out")
    assert checkout.unlike(folder, await infra.stacks.entries(head)) == ""


async def test_every_edit_on_disk_is_noticed(infra: Infra, tmp_path: Path) -> None:
    """Other words, another mode, a file gone, a link in its place, a file more, a folder more."""
    head = await infra.git.fetch()
    entries = await infra.stacks.entries(head)
    folder = tmp_path / "put"
    folder.mkdir()
    await infra.stacks.put(head, folder)
    file, whole = folder / "stacks/vault/main.tf", checkout.seal(folder)

    def noticed() -> tuple[str, bool]:
        return checkout.unlike(folder, entries), checkout.seal(folder) != whole

    assert noticed() == ("", False)
    file.write_text("# VAULT\n")
    assert noticed() == ("stacks/vault/main.tf", True)
    file.write_text("# vault\n")
    file.chmod(0o700)
    assert noticed() == ("stacks/vault/main.tf", True)
    file.rename(tmp_path / "elsewhere")
    assert noticed() == ("stacks/vault/main.tf", True)
    (tmp_path / "elsewhere").chmod(0o600)
    file.symlink_to(tmp_path / "elsewhere")
    assert noticed() == ("stacks/vault/main.tf", True)
    file.unlink()
    (tmp_path / "elsewhere").rename(file)
    assert noticed() == ("", False)
    (folder / "stacks/vault/new").mkdir()
    assert noticed() == ("", True)


async def test_what_a_plan_reads_and_what_it_does_not(infra: Infra) -> None:
    """The stack, its modules and what stands right above it count; documents and other stacks do not."""

    async def now() -> str:
        return await inputs(infra.stacks, await infra.git.fetch(), STACK, ("modules/nfs", ""))

    before = await now()
    infra.remote.commit({"docs/post-mortems/two.md": "# Two\n", "stacks/vault/main.tf": "b\n", "stacks/README.md": "x"})
    assert await now() == before
    seen = {before}
    for path in (f"{STACK}/new.yaml", "modules/nfs/main.tf", "root.hcl", "stacks/common.hcl"):
        infra.remote.commit({path: "changed\n"})
        seen.add(await now())
    assert len(seen) == 5
