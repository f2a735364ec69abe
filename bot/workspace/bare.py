"""The workspace's infra repository: a bare one on this disk, changed by people and by pull requests with plain git."""

import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.clock import Clock
from bot.errors import Refused

BRANCH = "master"
#: So old is what the repository begins with: a commit of today would look like the cause of whatever breaks.
AGE = timedelta(days=9)
#: No commit: what a branch was before it was made, and is after it was taken away.
NOTHING = "0" * 40
_SAMPLE = "infra"
#: What Terraform knows of the sample's stacks: they are applied already. The sample has it in this folder.
_STATES, _STATE_FOLDER = "states", "/srv/state"
_CONFIG = "[receive]\n\tautogc = false\n[gc]\n\tauto = 0\n"
#: Nothing of this machine's configuration, and git's words in English.
QUIET = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "LC_ALL": "C"}


@dataclass(frozen=True)
class Change:
    """A branch that moved: to which commit, from which, and by whom."""

    branch: str
    before: str
    after: str
    login: str


@dataclass(frozen=True)
class Last:
    """A commit in short: who made it, its first line, and the beginning of its id."""

    login: str
    words: str
    commit: str


class Bare:
    """One repository with a sample in it. Made when it is first needed; without a `folder` it is gone afterwards."""

    def __init__(self, clock: Clock, folder: Path | None = None) -> None:
        self._clock = clock
        self._place = folder
        self._temporary: TemporaryDirectory[str] | None = None
        self._ready = False
        #: Called after every branch that moved, however it was moved.
        self.moved: list[Callable[[Change], None]] = []

    @property
    def folder(self) -> Path:
        """Where it is, with the sample in it."""
        if self._place is None:
            self._temporary = TemporaryDirectory(prefix="holdfast-infra-")
            self._place = Path(self._temporary.name) / "infra.git"
        if not self._ready:
            self._ready = True
            if not (self._place / "HEAD").exists():
                self._begin(self._place)
        return self._place

    def close(self) -> None:
        if self._temporary is not None:
            self._temporary.cleanup()

    def branches(self) -> dict[str, str]:
        """The newest commit of each branch."""
        listed = self.git("for-each-ref", "--format=%(refname:lstrip=2) %(objectname)", "refs/heads").splitlines()
        return {name: commit for name, _, commit in (line.partition(" ") for line in listed)}

    def head(self, branch: str = BRANCH) -> str:
        """The newest commit; empty where there is no such branch."""
        return self.branches().get(branch, "")

    def files(self, branch: str = BRANCH) -> list[str]:
        """The paths of all files."""
        return self.git("ls-tree", "-r", "--name-only", branch).splitlines()

    def read(self, path: str, branch: str = BRANCH) -> str | None:
        """The text of a file; None where there is none."""
        done = self._run("cat-file", "blob", f"refs/heads/{branch}:{path}")
        return done.stdout.decode(errors="replace") if done.returncode == 0 else None

    def last(self, path: str, branch: str = BRANCH) -> Last:
        """The newest commit that changed a file."""
        said = self.git("log", "-1", "--format=%an%x00%s%x00%h", f"refs/heads/{branch}", "--", path)
        return Last(*said.split("\0"))

    def log(self, branch: str = BRANCH) -> list[str]:
        """The first line of each commit, the newest first."""
        return self.git("log", "--format=%s", branch).splitlines()

    def commit(
        self, files: Mapping[str, str | None], message: str = "Change", branch: str = BRANCH, login: str = "viktor"
    ) -> str:
        """Somebody pushes: whole texts by path, None for what goes away. A new branch begins at the main one."""
        before = self.head(branch)
        parent = before or self.head()
        with self._index() as index:
            self.git("read-tree", parent, environment=index)
            for path, text in files.items():
                blob = NOTHING if text is None else self.git("hash-object", "-w", "--stdin", given=text.encode())
                self._put(index, "0" if text is None else "100644", blob, path)
            tree = self.git("write-tree", environment=index)
        return self._land(branch, before, tree, message, login, parent)

    def fork(self, one: str, other: str) -> str:
        """The commit up to which two branches are the same; empty where they have nothing in common."""
        return self._run("merge-base", one, other).stdout.decode().strip()

    def merge(self, base: str, head: str, message: str, login: str) -> str:
        """Merge a branch into another, with a commit of its own. Raises Refused where both changed the same lines."""
        ours, theirs = self.head(base), self.head(head)
        fork = self.fork(base, head)
        with self._index() as index:
            self.git("read-tree", "-i", "-m", "--aggressive", fork, ours, theirs, environment=index)
            for path, stages in self._unmerged(index).items():
                self._put(index, "100644", self._merged(path, stages), path)
            tree = self.git("write-tree", environment=index)
        return self._land(base, ours, tree, message, login, ours, theirs)

    def tell(self, before: Mapping[str, str], login: str) -> None:
        """Somebody's push has landed; `before` is how the branches stood until then."""
        after = self.branches()
        for branch in sorted({*before, *after}):
            was, now = before.get(branch, NOTHING), after.get(branch, NOTHING)
            if was != now:
                self._moved(Change(branch, was, now, login))

    def git(self, *argv: str, given: bytes = b"", environment: Mapping[str, str] | None = None) -> str:
        """Git, inside it. Raises CalledProcessError."""
        done = self._run(*argv, given=given, environment=environment)
        done.check_returncode()
        return done.stdout.decode(errors="replace").strip("\n")

    def _run(
        self, *argv: str, given: bytes = b"", environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        known = {"PATH": os.environ.get("PATH", os.defpath), "GIT_DIR": str(self.folder)} | QUIET
        known |= dict(environment or {})
        return subprocess.run(  # noqa: S603 - our own words, as a list
            ("git", *argv),  # noqa: S607 - wherever it is on this machine
            input=given,
            env=known,
            capture_output=True,
            check=False,
        )

    @contextmanager
    def _index(self) -> Iterator[dict[str, str]]:
        with TemporaryDirectory(prefix="holdfast-index-") as folder:
            yield {"GIT_INDEX_FILE": f"{folder}/index", "GIT_WORK_TREE": folder}

    def _put(self, index: Mapping[str, str], mode: str, blob: str, path: str) -> None:
        forget = f"0 {NOTHING}\t{path}\0" if mode != "0" else ""
        self.git(
            "update-index", "-z", "--index-info", given=f"{forget}{mode} {blob}\t{path}\0".encode(), environment=index
        )

    def _land(self, branch: str, before: str, tree: str, message: str, login: str, *parents: str) -> str:
        named = {"NAME": login, "EMAIL": f"{login}@users.noreply.github.com"}
        named["DATE"] = f"@{int(self._clock.now().timestamp())} +0000"
        who = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in named.items()}
        above = [word for parent in parents for word in ("-p", parent)]
        made = self.git("commit-tree", tree, *above, "-F", "-", given=message.encode(), environment=who)
        self.git("update-ref", f"refs/heads/{branch}", made, before or NOTHING)
        self._moved(Change(branch, before or NOTHING, made, login))
        return made

    def _moved(self, change: Change) -> None:
        for listener in self.moved:
            listener(change)

    def _unmerged(self, index: Mapping[str, str]) -> dict[str, dict[str, str]]:
        """What both sides changed: by path, the content of each stage (1: before, 2: ours, 3: theirs)."""
        found: dict[str, dict[str, str]] = {}
        for line in filter(None, self.git("ls-files", "-u", "-z", environment=index).split("\0")):
            about, _, path = line.partition("\t")
            _, blob, stage = about.split(" ")
            found.setdefault(path, {})[stage] = blob
        return found

    def _merged(self, path: str, stages: Mapping[str, str]) -> str:
        """The content that holds both changes, as git would put them together."""
        if not {"2", "3"} <= set(stages):
            raise Refused(f"{path} was changed by one and taken away by the other.")
        with TemporaryDirectory(prefix="holdfast-merge-") as folder:
            names = [str(Path(folder) / stage) for stage in ("2", "1", "3")]
            for name, stage in zip(names, ("2", "1", "3"), strict=True):
                blob = stages.get(stage)
                Path(name).write_bytes(self._run("cat-file", "blob", blob).stdout if blob else b"")
            done = self._run("merge-file", "-p", *names)
        if done.returncode != 0:
            raise Refused(f"Both changed the same lines of {path}.")
        return self.git("hash-object", "-w", "--stdin", given=done.stdout)

    def _begin(self, place: Path) -> None:
        place.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--bare")
        self.git("symbolic-ref", "HEAD", f"refs/heads/{BRANCH}")
        with (place / "config").open("a") as config:
            config.write(_CONFIG)
        at = int((self._clock.now() - AGE).timestamp())
        head = f"commit refs/heads/{BRANCH}\ncommitter viktor <viktor@users.noreply.github.com> {at} +0000\n"
        stream = [head.encode(), _data(b"All of it")]
        states = self._applied(place)
        for path, content in _sample(files(__package__) / _SAMPLE):
            content = content.replace(_STATE_FOLDER.encode(), str(states).encode())
            stream += [f"M 100644 inline {path}\n".encode(), _data(content)]
        self.git("fast-import", "--quiet", given=b"".join(stream))

    def _applied(self, place: Path) -> Path:
        """The folder of the stacks' states, beside the repository: it is in no commit."""
        states = place.resolve().parent / _STATES
        states.mkdir(exist_ok=True)
        for name, content in _sample(files(__package__) / _STATES):
            (states / name).write_bytes(content)
        return states


def _data(content: bytes) -> bytes:
    return b"data %d\n" % len(content) + content + b"\n"


def _sample(folder: Traversable, above: str = "") -> Iterator[tuple[str, bytes]]:
    """Every file below a folder, with its path."""
    for found in sorted(folder.iterdir(), key=lambda each: each.name):
        path = f"{above}{found.name}"
        if found.is_dir():
            yield from _sample(found, f"{path}/")
        else:
            yield path, found.read_bytes()
