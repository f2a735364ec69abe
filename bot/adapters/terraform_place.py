"""The folder in which one change is planned and applied: what is where in it, who can read it, what it was like."""

import fcntl
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from bot.adapters import checkout
from bot.change.gates.stack import Module
from bot.errors import Permanent, Temporary
from bot.incident.model import Frozen

_PATH = "/usr/local/bin:/usr/bin:/bin"


class Sealed(Frozen):
    """What a plan was made with, and a SHA-256 over all files as they were then. `plan` is that of the plan file."""

    command: tuple[str, ...]
    stack: str
    commit: str
    reads: tuple[str, ...]
    plan: str
    tree: str


class Place:
    """A folder with mode 0700. The repository's tree is one folder in it; the plan file lies outside of that."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.tree = root / "tree"
        self.plan = root / "plan"
        self.output = root / "output"
        self._home = root / "home"
        self._configuration = root / "terraformrc"
        self._seal = root / "seal"
        self._lock = root / "lock"

    def begin(self) -> None:
        """Make it anew; what was there is gone."""
        self.remove()
        checkout.make_folder(self.root)
        for folder in (self.tree, self.output, self._home):
            folder.mkdir(mode=0o700)
        for file in (self._configuration, self._lock):
            file.touch(mode=0o600)

    def remove(self) -> None:
        """Take it away, if it is there. Raises Temporary while something is at work in it."""
        if self.root.exists():
            with self.held():
                shutil.rmtree(self.root)

    @contextmanager
    def held(self) -> Iterator[int]:
        """Hold the folder; whoever inherits this open file holds it too, and goes on doing so where we die.

        Raises Temporary where somebody holds it.
        """
        with self._lock.open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise Temporary("Terraform is still at work on this change.") from error
            yield file.fileno()

    def is_held(self) -> bool:
        """Whether something is at work in it, begun by us or by who died since."""
        if not self._lock.exists():
            return False
        try:
            with self.held():
                return False
        except Temporary:
            return True

    def hush(self) -> None:
        """Take away what the command has said: it may hold secrets."""
        for each in self.output.iterdir():
            each.unlink()

    def environment(self, program: Path) -> dict[str, str]:
        """What every command knows: the folder of the program, an empty home, and that nobody sits in front of it."""
        inside = program.is_relative_to(self.tree)
        return {
            "PATH": _PATH if inside else f"{program.parent}:{_PATH}",
            "HOME": str(self._home),
            "TF_CLI_CONFIG_FILE": str(self._configuration),
            "TF_IN_AUTOMATION": "1",
            "TF_INPUT": "0",
            "CHECKPOINT_DISABLE": "1",
            "LC_ALL": "C",
        }

    def seal(self, command: tuple[str, ...], stack: str, commit: str, reads: tuple[str, ...]) -> Sealed:
        """Write down what it is like, now that it is planned. Raises Permanent where there is no plan."""
        if not self.plan.is_file() or self.plan.is_symlink():
            raise Permanent("Terraform wrote no plan.")
        self.plan.chmod(0o600)
        hashes = {"plan": checkout.file_hash(self.plan), "tree": checkout.seal(self.tree)}
        sealed = Sealed(command=command, stack=stack, commit=commit, reads=reads, **hashes)
        self._seal.touch(mode=0o600)
        self._seal.write_text(sealed.model_dump_json())
        return sealed

    def sealed(self) -> Sealed | None:
        """What was written down; None where nothing was planned, or not to its end."""
        try:
            return Sealed.model_validate_json(self._seal.read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def modules(self, stack: str) -> tuple[Module, ...]:
        """The modules of the stack, where they really lie, links followed. Raises Permanent for a list that is none."""
        listed = self.tree / stack / ".terraform" / "modules" / "modules.json"
        if not listed.exists():
            return ()
        try:
            rows = json.loads(listed.read_bytes())["Modules"]
            return tuple(
                Module(key=row["Key"], source=row["Source"], folder=self._folder(stack, row["Dir"])) for row in rows
            )
        except (ValueError, KeyError, TypeError) as error:
            raise Permanent("Terraform's list of modules cannot be read.") from error

    def _folder(self, stack: str, directory: str) -> str:
        """From the root of the repository; empty outside of it. The root itself is `.`."""
        root = self.tree.resolve()
        real = (self.tree / stack / directory).resolve()
        return str(real.relative_to(root)) if real.is_relative_to(root) else ""
