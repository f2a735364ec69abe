"""What must not happen over git: nothing of the machine's counts, no text is an order, and the token goes nowhere."""

import base64
import socket
from pathlib import Path

import pytest
from aiohttp import web

from bot.adapters.git import Commit, Git
from bot.errors import Permanent, Temporary
from tests.bot.adapters.test_git import AT, BRANCH, HOLDFAST, ana_pushes, change, git, remote, shell
from tests.bot.adapters.test_process import running
from tests.ports import own_port

__all__ = ["git", "remote"]


async def test_no_hook_and_no_setting_of_the_machine_counts(
    git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not of the home folder, not of the mirror, not of the environment."""
    head = await git.fetch()
    trap = tmp_path / "trap"
    hooks = tmp_path / "data" / "mirror.git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("pre-push", "reference-transaction", "post-update"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {trap}\n")
        (hooks / name).chmod(0o755)
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(f'[core]\n\tfsmonitor = "touch {trap}"\n[user]\n\tname = Somebody\n')
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "checkout" / ".git"))
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Somebody")
    made = await git.commit(head, change(a=b"a"))
    await git.push(made)
    await git.fetch()
    monkeypatch.undo()
    assert not trap.exists()
    assert "Somebody" not in shell(tmp_path / "remote.git", "cat-file", "commit", made)


@pytest.mark.parametrize(
    "path", ["", "/etc/passwd", "../x", "a/../../x", "a//b", ".git/config", "a/.GIT/hooks/x", "a\0b"]
)
async def test_a_path_that_leads_elsewhere_is_refused(git: Git, path: str) -> None:
    """Before git hears of it."""
    head = await git.fetch()
    with pytest.raises(Permanent):
        await git.read(head, path)
    with pytest.raises(Permanent):
        await git.commit(head, Commit(message="x", files={path: b"x"}, at=AT, author=HOLDFAST))


@pytest.mark.parametrize(
    ("address", "branch"),
    [
        ("--upload-pack=touch x", BRANCH),
        ("ext::sh -c touch", BRANCH),
        ("https://ana:secret@example.com/x", BRANCH),
        ("https://ghp_secret@example.com/x", BRANCH),
        ("http://example.com/x", BRANCH),
        ("/srv/infra", "--all"),
        ("/srv/infra", "a..b"),
        ("/srv/infra", "x:y"),
    ],
)
def test_an_address_that_git_would_read_as_an_order_is_refused(tmp_path: Path, address: str, branch: str) -> None:
    """Nor does a password stand in one."""
    with pytest.raises(Permanent):
        Git(tmp_path, address, branch, token="s3cret-token")


async def test_the_token_is_a_password_and_stands_nowhere_else(tmp_path: Path) -> None:
    """Asked for by the remote, given once, in no address, argument or error."""
    heard: list[str] = []

    async def asks(request: web.Request) -> web.Response:
        heard.append(request.headers.get("Authorization", ""))
        return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="git"'})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", asks)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    port = own_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    git = Git(tmp_path / "data", f"http://127.0.0.1:{port}/infra.git", BRANCH, token="s3cret-token")
    with pytest.raises(Permanent, match="refuses Holdfast") as refused:
        await git.fetch()
    await runner.cleanup()
    sent = base64.b64encode(b"x-access-token:s3cret-token").decode()
    assert f"Basic {sent}" in heard
    assert "s3cret" not in refused.value.sentence
    assert not [file for file in (tmp_path / "data").rglob("*") if file.is_file() and b"s3cret" in file.read_bytes()]


async def test_another_token_pushes(tmp_path: Path) -> None:
    """Where there are two, one fetches and the other pushes, and neither does the other's work."""
    heard: list[str] = []

    async def asks(request: web.Request) -> web.Response:
        heard.append(request.headers.get("Authorization", ""))
        return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="git"'})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", asks)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    port = own_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    address = f"http://127.0.0.1:{port}/infra.git"
    git = Git(tmp_path / "data", address, BRANCH, token="read-token", pushing="push-token")
    commit = await git.replace(None, change(one=b"one"))
    for asked, token in ((git.fetch(), "read-token"), (git.push(commit), "push-token"), (git.fetch(), "read-token")):
        heard.clear()
        with pytest.raises(Permanent, match="refuses Holdfast"):
            await asked
        assert {each for each in heard if each} == {
            f"Basic {base64.b64encode(f'x-access-token:{token}'.encode()).decode()}"
        }
    await runner.cleanup()
    with pytest.raises(Permanent, match="in the clear"):
        Git(tmp_path / "more", "http://example.com/infra.git", BRANCH, pushing="push-token")


async def test_what_takes_too_long_is_ended_with_its_children(tmp_path: Path) -> None:
    """A remote that takes the connection and says nothing."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"127.0.0.1:{silent.getsockname()[1]}/infra.git"
        git = Git(tmp_path / "data", f"http://{address}", BRANCH, seconds=1.0)
        with pytest.raises(Temporary, match="longer than 1 second"):
            await git.fetch()
    assert running(address) == ""


async def test_links_are_no_documents_and_programs_stay_programs(git: Git, remote: Path) -> None:
    """Nothing is read through a link, and a file keeps its mode."""
    checkout = remote.parent / "checkout"
    (checkout / "docs" / "post-mortems" / "link.md").symlink_to("../../main.tf")
    ana_pushes(remote, "docs/post-mortems/run.sh", "#!/bin/sh\n")
    shell(checkout, "update-index", "--chmod=+x", "docs/post-mortems/run.sh")
    shell(checkout, "commit", "-q", "-m", "mode")
    shell(checkout, "push", "-q", "origin", BRANCH)
    head = await git.fetch()
    assert await git.read(head, "docs/post-mortems/link.md") is None
    assert await git.names(head, "docs/post-mortems") == ("2026-01-01-é one.md", "run.sh")
    files: dict[str, bytes | None] = {"docs/post-mortems/run.sh": b"#!/bin/sh\ntrue\n"}
    made = await git.commit(head, Commit(message="x", files=files, at=AT, author=HOLDFAST))
    assert shell(remote.parent / "data" / "mirror.git", "ls-tree", made, "docs/post-mortems/run.sh").startswith(
        "100755"
    )


async def test_what_git_does_not_take_is_no_commit(git: Git) -> None:
    """Names that git drops in silence, a commit that it does not have, and a change that changes nothing."""
    head = await git.fetch()
    for path in ("git~1/x", "d/.git /x"):
        with pytest.raises(Permanent):
            await git.commit(head, Commit(message="x", files={path: b"x"}, at=AT, author=HOLDFAST))
    with pytest.raises((Permanent, Temporary)):
        await git.read("b" * 40, "main.tf")
    same: dict[str, bytes | None] = {"main.tf": b"resource {}\n", "gone.md": None}
    assert await git.commit(head, Commit(message="x", files=same, at=AT, author=HOLDFAST)) == head


async def test_a_marker_is_a_whole_line(git: Git) -> None:
    """One that another begins with is another's; one that is none is refused."""
    head = await git.fetch()
    message = "docs: x\n\nHoldfast-Effect: abc-12\n"
    files: dict[str, bytes | None] = {"x.md": b"x"}
    made = await git.commit(head, Commit(message=message, files=files, at=AT, author=HOLDFAST))
    assert await git.find(made, "Holdfast-Effect: abc-12") == made
    assert await git.find(made, "Holdfast-Effect: abc-1") is None
    for marker in ("", "a\nb", "a\0b"):
        with pytest.raises(Permanent):
            await git.find(made, marker)


async def test_a_redirect_takes_the_token_nowhere(tmp_path: Path) -> None:
    """Whoever answers for our remote cannot send us, and what we would say, to somebody else."""
    heard: list[str] = []

    async def elsewhere(request: web.Request) -> web.Response:
        heard.append(request.path)
        return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="git"'})

    async def sends_on(request: web.Request) -> web.Response:
        raise web.HTTPFound(f"http://localhost:{ports[1]}{request.path_qs}")

    ports, runners = [own_port(), own_port()], []
    for port, answer in zip(ports, (sends_on, elsewhere), strict=True):
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        runners.append(runner)
    git = Git(tmp_path / "data", f"http://127.0.0.1:{ports[0]}/infra.git", BRANCH, token="s3cret-token")
    with pytest.raises((Permanent, Temporary)):
        await git.fetch()
    for runner in runners:
        await runner.cleanup()
    assert heard == []
