"""The bot's own copy of a repository on this disk, and how git is run in it: without the machine's configuration."""

import asyncio
import fcntl
import os
import re
import shutil
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile, mkdtemp

from bot.adapters.process import Ended, run
from bot.errors import Permanent, Temporary

#: The longest that one command may take: a clone of a large repository over a slow line. Seconds.
LONGEST = 300.0
#: No configuration of the machine, no questions, no other protocols, and git's words in English.
_QUIET = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_ALLOW_PROTOCOL": "file:https:http:ssh",
    "GIT_SSH_COMMAND": "ssh -oBatchMode=yes",
    "LC_ALL": "C",
}
#: No hooks, no helpers that know passwords, and no redirect, which would take our token to somebody else.
_SAFE = (
    *("-c", "core.hooksPath=/dev/null", "-c", "credential.helper=", "-c", "core.fsmonitor=false"),
    *("-c", "http.followRedirects=false", "-c", "gc.auto=0"),
)
#: git asks a program for the password; it knows nothing but the name of a variable.
_ASKPASS = """#!/bin/sh
case "$1" in
    Username*) echo x-access-token ;;
    *) printf '%s\\n' "$HOLDFAST_GIT_TOKEN" ;;
esac
"""
_MOVED = re.compile(
    r"fetch first|non-fast-forward|stale info|failed to update ref|cannot lock ref|incorrect old value|already exists"
)
_DECLINED = re.compile(r"\[remote rejected\].*?\((.*)\)")
_FORBIDDEN = re.compile(
    r"Authentication failed|could not read (?:Username|Password)|Permission denied|Host key verification failed"
    r"|HTTP (?:401|403)|returned error: 40[13]|certificate|dubious ownership",
    re.IGNORECASE,
)
_NOT_THERE = re.compile(
    r"repository .*not found|does not appear to be a git repository|mismatched algorithms"
    r"|returned error: (?:404|410)|unable to update url base from redirection",
    re.IGNORECASE,
)
_NO_BRANCH = re.compile(r"couldn't find remote ref", re.IGNORECASE)
_PASSES = re.compile(
    r"No space left|\.lock|bad object|unable to read|could not get|Resource temporarily|Cannot allocate"
)
#: A secret shorter than this is no secret, and would riddle a sentence with holes.
_SHORT = 6


class Moved(Temporary):
    """The branch has other commits by now: look at it again, and make the commit anew on top of them."""


class NoBranch(Permanent):
    """The repository is there, and has no branch of that name."""


class Mirror:
    """A bare repository under `folder`, beside the program that tells git the token. Others may use the same folder."""

    def __init__(self, folder: Path, remote: str, token: str, seconds: float) -> None:
        self._folder = folder.resolve()
        self._place = self._folder / "mirror.git"
        self._askpass = self._folder / "askpass"
        self._remote, self._token, self._seconds = remote, token, seconds
        self._begun = False

    async def tidy(self) -> None:
        """Take away what a killed git left behind: nobody holds a lock for longer than a command may take."""
        await self._begin()
        await asyncio.to_thread(self._sweep)

    async def outside(self, verb: str, options: Sequence[str], refspec: str) -> None:
        """Fetch from the remote or push to it. Raises Moved, NoBranch, Permanent or Temporary, with git's
        last word.
        """
        await self._begin()
        secret = {"GIT_ASKPASS": str(self._askpass), "HOLDFAST_GIT_TOKEN": self._token} if self._token else {}
        ended = await self._git(verb, "--quiet", *options, "--", self._remote, refspec, environment=secret)
        if ended.code == 0:
            return
        said = f"{self._words(ended).rstrip('.')}."
        if declined := _DECLINED.search(ended.err):
            if _MOVED.search(declined[1]):
                raise Moved("The branch has moved on.")
            raise Permanent(f"The repository does not take it: {self._unsecret(declined[1])}")
        if verb == "push" and _MOVED.search(ended.err):
            raise Moved("The branch has moved on.")
        if _FORBIDDEN.search(ended.err):
            raise Permanent(f"The repository refuses Holdfast: {said}")
        if _NO_BRANCH.search(ended.err):
            raise NoBranch(f"The repository's branch is not there: {said}")
        if _NOT_THERE.search(ended.err) and not await asyncio.to_thread(self._unmounted):
            raise Permanent(f"The repository or its branch is not there: {said}")
        raise Temporary(f"The repository cannot be reached: {said}")

    def hurried(self, seconds: float) -> "Mirror":
        """The same one, for questions that may take only so long; it is neither tidied nor fetched into through it."""
        return Mirror(self._folder, self._remote, self._token, seconds)

    async def must(
        self,
        *argv: str,
        given: bytes = b"",
        environment: Mapping[str, str] | None = None,
        fine: Collection[int] = (0,),
    ) -> Ended:
        """Run git on the mirror alone. Raises Temporary where it was killed or has no room, else Permanent.

        `fine` are the exit codes that are answers.
        """
        await self._begin()
        ended = await self._git(*argv, given=given, environment=environment)
        if ended.code in fine:
            return ended
        sentence = f"git could not {argv[0]}: {self._words(ended)}"
        if ended.code < 0 or _PASSES.search(ended.err):
            raise Temporary(sentence)
        raise Permanent(sentence)

    async def _git(self, *argv: str, given: bytes = b"", environment: Mapping[str, str] | None = None) -> Ended:
        known = _QUIET | {"GIT_DIR": str(self._place)} | dict(environment or {})
        return await run(
            ("git", *_SAFE, *argv), folder=self._folder, seconds=self._seconds, environment=known, given=given
        )

    async def _begin(self) -> None:
        """Make the mirror where there is none yet; one that is only half there is never seen."""
        if self._begun and self._place.exists():
            return
        new = await asyncio.to_thread(self._prepare)
        try:
            if not self._place.exists():
                made = await self._git("init", "--quiet", "--bare", str(new), environment={"GIT_DIR": str(new)})
                if made.code:
                    raise Temporary(f"git could not init: {self._words(made)}")
        finally:
            await asyncio.to_thread(self._adopt, new)
        self._begun = True

    def _prepare(self) -> Path:
        """The folder, the program that tells the token, and a place for a new mirror."""
        self._folder.mkdir(parents=True, exist_ok=True)
        if self._token:
            with NamedTemporaryFile("w", dir=self._folder, delete=False) as told:
                told.write(_ASKPASS)
            Path(told.name).chmod(0o700)
            Path(told.name).replace(self._askpass)
        return Path(mkdtemp(prefix="new-", dir=self._folder))

    def _adopt(self, new: Path) -> None:
        if (new / "HEAD").exists():
            with suppress(OSError):  # somebody else was quicker, and theirs is as good
                new.rename(self._place)
        shutil.rmtree(new, ignore_errors=True)

    def _unmounted(self) -> bool:
        """Whether the remote is a folder that is not there now, as on a disk that may come back."""
        return self._remote.startswith("/") and not Path(self._remote).exists()

    def _sweep(self) -> None:
        with (self._folder / "sweeping").open("a") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            os.utime(held.fileno())
            oldest = os.fstat(held.fileno()).st_mtime - self._seconds
            left = [*self._place.glob("*.lock"), *(self._place / "refs").rglob("*.lock")]
            left += (self._place / "objects" / "pack").glob("tmp_*")
            for file in left:
                with suppress(FileNotFoundError):
                    if file.stat().st_mtime < oldest:
                        file.unlink()

    def _words(self, ended: Ended) -> str:
        """The last thing that git said, without our secret."""
        lines = [line for line in ended.err.splitlines() if line.strip()]
        return self._unsecret(lines[-1] if lines else f"git ended with {ended.code}")[:300]

    def _unsecret(self, text: str) -> str:
        return text.replace(self._token, "…") if len(self._token) >= _SHORT else text
