"""The command line. Exit 0 means well, 1 that something is wrong (said in a line each), 2 not understood."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from bot import manifest
from bot.clock import SystemClock
from bot.errors import HoldfastError
from bot.postmortem.document.name import is_document
from bot.postmortem.listing import listing
from bot.postmortem.reader import read
from bot.settings import Settings, SettingsError, load
from bot.settings.file import parse
from bot.views import issue_forms

if TYPE_CHECKING:
    from bot import check

VERSION = "0.1.0"

STEPS = """\
Connect Slack and GitHub:

  1. Open https://api.slack.com/apps, choose "Create New App", then "From a manifest", and paste {manifest}.
  2. "Basic Information", "App-Level Tokens": generate one with connections:write.  export SLACK_APP_TOKEN=xapp-...
  3. "Install App": install it, and copy the Bot User OAuth Token.                  export SLACK_BOT_TOKEN=xoxb-...
  4. In Slack, in #{channel}: /invite @holdfast
  5. On GitHub, make a token that may read and write issues of one repository, and  export GITHUB_TOKEN=...
     contents and pull requests where post-mortems go into it (`repository:`).      export GITHUB_REPOSITORY=owner/name
     Where GitHub can reach us: a webhook for issues, issue comments and pushes to
     /github/webhook.                                                               export GITHUB_WEBHOOK_SECRET=...
  6. holdfast check, and when it is content: holdfast run

What is still missing now:
"""

#: Places that git and others need; they may be handed to planning too, whose variables count as secret.
_KEPT = frozenset({"PATH", "HOME", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR"})


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; what went wrong is said in a line each on standard error. Returns the exit code."""
    arguments = _parser().parse_args(argv)
    command: Callable[[argparse.Namespace], int] = arguments.command
    try:
        return command(arguments)
    except SettingsError as error:
        return _wrong(*error.problems)
    except HoldfastError as error:
        return _wrong(error.sentence)
    except KeyboardInterrupt:
        return 130


def run(arguments: argparse.Namespace) -> int:
    """The bot, or a part of it, until it is told to stop."""
    from bot import telemetry

    settings = load(os.environ).model_copy(update={"only": arguments.only})
    if missing := settings.missing():
        return _wrong(*missing, "`holdfast init` says where to get each; `holdfast demo` needs none.")
    telemetry.setup(json=not sys.stderr.isatty(), secrets=settings.secrets())
    forget(settings, os.environ)
    from bot.app import run as run_bot

    asyncio.run(run_bot(settings))
    return 0


def forget(settings: Settings, environ: MutableMapping[str, str]) -> None:
    """Take what is secret out of `environ`: no library looks it up again, and no process that we start inherits it."""
    secret = {*settings.secrets(), settings.database}
    for name in [name for name, value in environ.items() if value.strip() in secret and name not in _KEPT]:
        del environ[name]


def demo(arguments: argparse.Namespace) -> int:
    """The bot in the local workspace, until it is told to stop."""
    from bot.workspace.demo import demo as run_demo

    settings = load(os.environ)
    example = files("bot.settings").joinpath("example.yml").read_text(encoding="utf-8")
    file = settings.file if settings.config.exists() else parse(example, "example.yml")
    texts = tuple(text for name, text in issue_forms.files(file.catalogue).items() if name != "config.yml")
    way: Literal["socket", "http"] = "socket" if arguments.socket else "http"
    asyncio.run(run_demo(arguments.port, arguments.bot_port, manifest.manifest(), way, texts))
    return 0


def check_all(_arguments: argparse.Namespace) -> int:
    """What is wrong here, a line each."""
    from bot import check

    problems, hearing = asyncio.run(_found(load(os.environ)))
    print(check.report(problems))
    print(hearing)
    return int(any(not problem.warning for problem in problems))


def init(_arguments: argparse.Namespace) -> int:
    """Write what is missing, say what to do next, and what `check` finds."""
    from bot import check

    config = Path(os.environ.get("HOLDFAST_CONFIG") or "holdfast.yml")
    app = config.with_name("manifest.yml")
    example = files("bot.settings").joinpath("example.yml").read_text(encoding="utf-8")
    for path, content in ((config, example), (app, manifest.text())):
        print(f"{path}: {'written' if _write_new(path, content) else 'is there already, left as it is'}")
    settings = load(os.environ)
    print()
    print(STEPS.format(manifest=app, channel=settings.file.slack.alerts_channel))
    print(check.report(asyncio.run(_problems(settings))))
    return 0


def forms(arguments: argparse.Namespace) -> int:
    """Write the issue forms; a file that is not ours is left as it is, and said to be so."""
    folder: Path = arguments.folder
    file = load(os.environ).file
    foreign = 0
    for name, content in issue_forms.files(file.catalogue, file.links).items():
        path = folder / name
        written = _write_ours(path, content, issue_forms.HEADER)
        foreign += not written
        print(f"{path}: {'written' if written else 'is not ours, left as it is; move it away to have ours'}")
    return int(foreign > 0)


def show_manifest(arguments: argparse.Namespace) -> int:
    """The Slack app, as YAML."""
    if arguments.url and not arguments.url.startswith("https://"):
        return _wrong(f"--url: {arguments.url!r} is not allowed. Slack calls https:// addresses only.")
    sys.stdout.write(manifest.text(arguments.url))
    return 0


def todos(arguments: argparse.Namespace) -> int:
    """The action items of post-mortem files as JSON; a file that cannot be read is named, and the others are read."""
    policy = load(os.environ).file.item_policy
    found, unread = [], []
    for name in arguments.files:
        try:
            found.append(listing(read(name, Path(name).read_bytes().decode("utf-8"), policy)))
        except UnicodeDecodeError:
            unread.append(f"{name} is not UTF-8 text.")
        except (OSError, ValueError) as error:
            unread.append(f"{name} cannot be read ({getattr(error, 'strerror', None) or error}).")
    print(json.dumps(found, indent=2))
    return _wrong(*unread) if unread else 0


def site(arguments: argparse.Namespace) -> int:
    """Write the site of the post-mortems in a folder; a folder that holds something else is left as it is."""
    from bot.pages import site as pages

    documents, unread = {}, []
    into: Path = arguments.into
    try:
        found = [path for path in arguments.folder.iterdir() if is_document(path.name) and path.is_file()]
        names = sorted(path for path in found if not path.is_symlink())  # one could lead to what is nobody's to read
        if into.exists() and any(into.iterdir()) and not (into / pages.MARK).exists():
            return _wrong(f"{into} holds something else, and was left as it is. Give a folder that is empty or new.")
    except OSError as error:
        return _wrong(f"{error.filename} cannot be read ({error.strerror}).")
    for path in names:
        try:
            documents[path.name] = path.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError):
            unread.append(f"{path} cannot be read as UTF-8 text, and is not on the site.")
    written = pages.site(documents, arguments.title, load(os.environ).file.item_policy)
    _write_all(into, written)
    print(f"{into}: {len(documents)} post-mortem{'' if len(documents) == 1 else 's'}")
    return _wrong(*unread) if unread else 0


async def _found(settings: Settings) -> "tuple[list[check.Problem], str]":
    from bot import check

    clock = SystemClock()
    async with check.outside(settings, clock) as probes:
        return await check.check(settings, probes), await check.hearing(settings, probes, clock.now())


async def _problems(settings: Settings) -> "list[check.Problem]":
    from bot import check

    async with check.outside(settings, SystemClock()) as probes:
        return await check.check(settings, probes)


def _write_new(path: Path, content: str) -> bool:
    """Write a file that is not there yet; False if one is."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(content)
    except FileExistsError:
        return False
    except OSError as error:
        raise SettingsError((f"{path} cannot be written ({error.strerror}).",)) from error
    return True


def _write_ours(path: Path, content: str, header: str) -> bool:
    """Write a file, unless there is one that does not begin with `header`; False then."""
    try:
        if path.exists() and not path.read_text(encoding="utf-8", errors="replace").startswith(header):
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise SettingsError((f"{path} cannot be written ({error.strerror}).",)) from error
    return True


def _write_all(folder: Path, content: Mapping[str, str]) -> None:
    """Write these files into the folder, which is made where it is not there; other pages in it are of before."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in content.items():
            (folder / name).write_text(text, encoding="utf-8")
        for page in folder.glob("*.html"):
            if page.name not in content:
                page.unlink()
    except OSError as error:
        raise SettingsError((f"{error.filename} cannot be written ({error.strerror}).",)) from error


def _wrong(*sentences: str) -> int:
    for sentence in sentences:
        print(f"holdfast: {sentence}", file=sys.stderr)
    return 1


def _port(environ: Mapping[str, str]) -> int:
    given = environ.get("PORT", "")
    return int(given) if given.isdigit() else 3000


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="holdfast", description="Incidents in Slack, from the first report to the last lesson."
    )
    parser.add_argument("--version", action="version", version=f"holdfast {VERSION}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def add(name: str, does: Callable[[argparse.Namespace], int], help: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=help, description=help)
        command.set_defaults(command=does)
        return command

    running = add("run", run, "run the bot, from the environment and holdfast.yml")
    running.add_argument(
        "--only",
        choices=["apply", "rest"],
        default="",
        help="apply: only apply what was allowed, with the credentials for that; rest: all else (both on PostgreSQL "
        "and one HOLDFAST_DATA)",
    )
    demonstration = add("demo", demo, "run the bot in a local workspace, with its web page; needs no account")
    demonstration.add_argument("--port", type=int, default=8065, help="the page's port (default: 8065)")
    demonstration.add_argument(
        "--bot-port", type=int, default=_port(os.environ), help="the bot's port (default: PORT, else 3000)"
    )
    demonstration.add_argument("--socket", action="store_true", help="reach the bot over Socket Mode instead of HTTP")
    add("check", check_all, "say what is wrong with settings, credentials, permissions and data; exit 1 if anything is")
    add("init", init, "write a commented holdfast.yml, say how to connect Slack, and check")
    items = add(
        "todos", todos, "print the action items of post-mortem files as JSON: safe ones, and held ones with why"
    )
    items.add_argument("files", nargs="+", metavar="FILE", help="a post-mortem, in Markdown")
    public = add("site", site, "write the site of the post-mortems in a folder: an index with a search, a page each")
    public.add_argument("folder", type=Path, metavar="FOLDER", help="where the post-mortems are")
    public.add_argument(
        "into", type=Path, metavar="INTO", help="where to write the site; empty, new, or a site of ours"
    )
    public.add_argument("--title", default="Post-mortems", help="what the site is called (default: Post-mortems)")
    written = add("forms", forms, "write the GitHub issue forms, from the services in holdfast.yml")
    default = Path(".github/ISSUE_TEMPLATE")
    written.add_argument("folder", type=Path, nargs="?", default=default, help=f"where (default: {default})")
    app = add("manifest", show_manifest, "print the Slack app manifest")
    app.add_argument("--url", help="our public https:// address, for HTTP; without it the app uses Socket Mode")
    return parser
