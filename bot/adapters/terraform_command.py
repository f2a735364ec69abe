"""Terraform's command: how it is called, what it knows, and what is told of its output."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from bot.adapters import terraform_words
from bot.adapters.apart import run_apart
from bot.adapters.process import GRACE, Ended
from bot.adapters.terraform_place import Place
from bot.errors import Permanent, Temporary
from bot.redact import Redactor

#: Told how far it is: a line without secrets and control characters.
Said = Callable[[str], Awaitable[None]]

#: How long it may take to stop in the middle of an apply, so that it can still write its state. Seconds.
_APPLY_GRACE = 20.0


class Command:
    """The argv of `repository.plan`; other commands are made by replacing its last word."""

    def __init__(self, words: tuple[str, ...], redactor: Redactor, seconds: float) -> None:
        """Raises Permanent where the last word is not `plan`, or there is no word before it."""
        if len(words) < 2 or words[-1] != "plan":
            raise Permanent("repository.plan: its last word has to be plan, after a command.")
        self.words = words
        self._redactor = redactor
        self._seconds = seconds

    @property
    def reads(self) -> frozenset[str]:
        """The folder of a program that lies in the repository: a plan depends on it, too."""
        word = Path(self.words[0])
        inside = "/" in self.words[0] and not word.is_absolute()
        return frozenset({str(word.parent)}) if inside else frozenset()

    def argv(self, verb: str) -> tuple[str, ...]:
        """As it is called, for people to read."""
        return (*self.words[:-1], verb)

    async def run(
        self,
        place: Place,
        stack: str,
        verb: str,
        words: tuple[str, ...],
        given: Mapping[str, str],
        said: Said,
        holding: Sequence[int] = (),
    ) -> Ended:
        """Run it in the stack's folder with the variables `given` and our own few. Its output is kept nowhere else.
        `holding` are open files that it inherits.

        Raises Temporary where it takes too long, and Permanent where there is no such program.
        """
        program = await asyncio.to_thread(self._program, place)
        last = ""

        async def line(text: str) -> None:
            nonlocal last
            progress = terraform_words.progress(text, self._redactor)
            if progress and progress != last:
                last = progress
                with suppress(Temporary):  # nothing ends because a line could not be told; the next one says more
                    await said(progress)

        try:
            left = await run_apart(
                (str(program), *self.argv(verb)[1:], *words),
                folder=place.tree / stack,
                output=place.output,
                environment={**given, **place.environment(program)},
                seconds=self._seconds,
                line=line,
                grace=_APPLY_GRACE if verb == "apply" else GRACE,
                holding=holding,
            )
            out, err = await asyncio.to_thread(lambda: (left.out.read_bytes(), left.err.read_bytes()))
            return Ended(code=left.code, out=out, err=err.decode(errors="replace"))
        finally:
            await asyncio.shield(asyncio.to_thread(place.hush))

    def why(self, ended: Ended) -> str:
        """`: <the heading of its first error>.`, or a full stop where there is none."""
        found = terraform_words.heading(ended.err, self._redactor)
        return f": {found.rstrip('.')}." if found else "."

    def _program(self, place: Place) -> Path:
        """Raises Permanent where there is none, or it does not lie where it seems to."""
        word = self.words[0]
        if "/" not in word:
            found = shutil.which(word)
            if found is None:
                raise Permanent(f"{word} is not installed where Holdfast runs.")
            return Path(found).absolute()
        program = place.tree / word  # an absolute one stays as it is
        if not program.is_file():
            raise Permanent(f"repository.plan: there is no {word}.")
        if not Path(word).is_absolute() and not program.resolve().is_relative_to(place.tree.resolve()):
            raise Permanent(f"repository.plan: {word} lies outside of the repository.")
        return program


def was_killed(ended: Ended) -> bool:
    """Whether a signal ended it, or whatever it was that it had started."""
    return ended.code < 0 or ended.code > 128
