"""Plans a stack and applies the plan: the real command, in a folder and an environment of its own, and nothing else.

What is applied is the plan file that a click has bound by its hash, with exactly `apply FILE`: Terraform silently
ignores flags beside a saved plan, so there are none.
"""

import asyncio
import json
import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from bot.adapters import checkout, terraform_words
from bot.adapters.stacks import Stacks, inputs
from bot.adapters.terraform_command import Command, Said, was_killed
from bot.adapters.terraform_place import Place
from bot.change.gates.stack import Module
from bot.change.model import Bound
from bot.errors import Permanent, Temporary, Unsure
from bot.incident.model import Frozen
from bot.redact import Redactor
from bot.settings import Settings

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
#: `plan -detailed-exitcode`: nothing to do, or something.
_PLANNED = (0, 2)


class StalePlan(Permanent):
    """This very plan cannot be applied any more, and nothing of it was: a new one is made, and asked about anew."""


class PlanResult(Frozen):
    """A plan: the exit code of `plan -detailed-exitcode` (0 or 2), what `show -json` says, the SHA-256 of the file, the
    stack's modules, and a hash over everything in the repository that it has read (see `stacks.inputs`).

    `document` holds secrets: it goes to no log, no model, no database and not to Slack.
    """

    exit_code: int
    document: dict[str, Any]  # Any: Terraform's JSON, which the plan gate judges
    sha256: str
    modules: tuple[Module, ...]
    inputs: str


class Terraform:
    """The command of `repository.plan`, for changes whose folders are below `work`."""

    def __init__(
        self,
        command: tuple[str, ...],
        work: Path,
        plan_env: Mapping[str, str],
        apply_env: Mapping[str, str],
        redactor: Redactor,
        seconds: float = 900,
    ) -> None:
        """`command` ends with `plan`; a first word with a slash is a path from the root of the repository. Planning and
        applying are given exactly these variables beside our own few. Each command may take so many seconds.
        """
        self._command = Command(command, redactor, seconds)
        self._work = work.resolve()
        self._plan_env, self._apply_env = dict(plan_env), dict(apply_env)

    def folder(self, change_id: str) -> Path:
        """Where a change is planned; nobody else can read it. Raises Permanent for what is no id."""
        return self._place(change_id).root

    async def plan(self, change_id: str, stacks: Stacks, commit: str, stack: str, said: Said) -> PlanResult:
        """Plan the stack as it is in the commit, in a fresh folder; an earlier plan of the change is gone.

        Raises Permanent where Terraform says no, and Temporary where it takes too long, the state is locked, or the
        change is still worked on.
        """
        place = self._place(change_id)
        await asyncio.to_thread(place.begin)
        with place.held():
            return await self._planned(place, stacks, commit, stack, said)

    async def again(self, change_id: str, stacks: Stacks, commit: str, stack: str, said: Said) -> PlanResult:
        """Plan it once more, beside the change's own plan, which stays; nothing is left of this one."""
        place = await asyncio.to_thread(self._another, f"{self._place(change_id).root.name}.again-")
        try:
            with place.held():
                return await self._planned(place, stacks, commit, stack, said)
        finally:
            await asyncio.shield(asyncio.to_thread(place.remove))

    async def ready(self, change_id: str, bound: Bound, stacks: Stacks, commit: str, stack: str) -> str:
        """Why this very plan cannot be applied any more, in a sentence; empty where it can."""
        place = self._place(change_id)
        if why := await asyncio.to_thread(self._broken, place, bound, stack):
            return why
        if bound.commit != commit or await stacks.tree(commit, stack) != bound.tree:
            return "The commit is not the one that was planned; it has to be planned again."
        other = await asyncio.to_thread(checkout.unlike, place.tree, await stacks.entries(commit))
        return f"{other} is not as it is in the commit any more; it has to be planned again." if other else ""

    async def apply(self, change_id: str, bound: Bound, stack: str, said: Said) -> None:
        """Apply the plan file that `bound` names, and nothing else.

        Raises StalePlan where nothing was done and never will be by this plan; Permanent where Terraform says no, which
        may be in the middle; Unsure where it did not come to an end.
        """
        place = self._place(change_id)
        if why := await asyncio.to_thread(self._broken, place, bound, stack):
            raise StalePlan(why)
        try:
            with place.held() as lock:
                ended = await self._command.run(
                    place, stack, "apply", (str(place.plan),), self._apply_env, said, (lock,)
                )
        except Temporary as error:
            raise Unsure(f"Applying has not come to an end: {error.sentence} Somebody has to look.") from error
        if was_killed(ended):
            raise Unsure("Applying was ended in the middle. Somebody has to look.")
        if ended.code and terraform_words.is_stale(ended.err):
            raise StalePlan("The state has moved since it was planned; it has to be planned again.")
        if ended.code and terraform_words.is_locked(ended.err):
            raise Permanent("Nothing was applied: somebody else works on the state of this stack right now.")
        if ended.code:
            raise Permanent(f"Terraform could not apply it{self._command.why(ended)} A part of it may be done.")

    async def is_running(self, change_id: str) -> bool:
        """Whether Terraform still works on the change, begun by us or, where it is applied, by who died since."""
        return await asyncio.to_thread(self._place(change_id).is_held)

    async def forget(self, change_id: str) -> None:
        """Remove the change's folder and its plan, if they are there. Raises Temporary while it is worked on."""
        await asyncio.to_thread(self._place(change_id).remove)

    async def tidy(self, keep: Collection[str]) -> None:
        """Remove every folder but those of these changes, and those in which something is at work right now."""
        left = await asyncio.to_thread(lambda: list(self._work.iterdir()) if self._work.is_dir() else [])
        for folder in [each for each in left if each.name not in keep]:
            with suppress(Temporary):
                await asyncio.to_thread(Place(folder).remove)

    async def reads(self, change_id: str) -> tuple[str, ...]:
        """The folders beside the stack that the change's plan has read, for `stacks.inputs`; none without a plan."""
        sealed = await asyncio.to_thread(self._place(change_id).sealed)
        return sealed.reads if sealed else ()

    async def answers(self, stacks: Stacks, commit: str) -> None:
        """Whether the command runs, with the variables of planning and with those of applying: it says its version.

        Raises Permanent or Temporary with a sentence that says with which of the two it does not.
        """
        place = await asyncio.to_thread(self._another, "version-")
        try:
            with place.held():
                await self._answers(place, stacks, commit)
        finally:
            await asyncio.shield(asyncio.to_thread(place.remove))

    async def _answers(self, place: Place, stacks: Stacks, commit: str) -> None:
        where = ""
        if self._command.reads:  # it lies in the repository, and may look for the stack that it is called in
            await stacks.put(commit, place.tree)
            where = next(iter(await stacks.names(commit)), "")
        for name, known in (("plan", self._plan_env), ("apply", self._apply_env)):
            ended = await self._command.run(place, where, "version", (), known, _quiet)
            if ended.code:
                shown = " ".join(self._command.argv("version"))
                raise Permanent(f"`{shown}` with repository.{name}_env does not work{self._command.why(ended)}")

    def _place(self, change_id: str) -> Place:
        if not _ID.fullmatch(change_id):
            raise Permanent("That is no id of a change.")
        return Place(self._work / change_id)

    def _another(self, prefix: str) -> Place:
        """A folder beside those of changes, for a short while."""
        checkout.make_folder(self._work)
        place = Place(Path(mkdtemp(prefix=prefix, dir=self._work)))
        place.begin()
        return place

    async def _planned(self, place: Place, stacks: Stacks, commit: str, stack: str, said: Said) -> PlanResult:
        tree = await stacks.tree(commit, stack)
        if not tree:
            raise Permanent(f"There is no {stack} in the repository.")
        await stacks.put(commit, place.tree)
        await self._must(place, stack, "init", ("-input=false", "-lockfile=readonly"), said)
        wait = ("-input=false", "-no-color", "-lock-timeout=60s", "-detailed-exitcode")
        code = await self._must(place, stack, "plan", (*wait, f"-out={place.plan}"), said, fine=_PLANNED)
        document = await self._shown(place, stack)
        modules = await asyncio.to_thread(place.modules, stack)
        reads = tuple(sorted({each.folder for each in modules if each.folder} | self._command.reads))
        sealed = await asyncio.to_thread(place.seal, self._command.words, stack, commit, reads)
        return PlanResult(
            exit_code=code,
            document=document,
            sha256=sealed.plan,
            modules=modules,
            inputs=await inputs(stacks, commit, stack, reads),
        )

    async def _shown(self, place: Place, stack: str) -> dict[str, Any]:  # Any: as in PlanResult
        words = ("-json", str(place.plan))
        ended = await self._command.run(place, stack, "show", words, self._plan_env, _quiet)
        if ended.code:
            raise Permanent(f"Terraform could not show its own plan{self._command.why(ended)}")
        try:
            shown = json.loads(ended.out)
        except ValueError as error:
            raise Permanent("Terraform's plan cannot be read.") from error
        if not isinstance(shown, dict):
            raise Permanent("Terraform's plan cannot be read.")
        return shown

    async def _must(
        self, place: Place, stack: str, verb: str, words: tuple[str, ...], said: Said, fine: tuple[int, ...] = (0,)
    ) -> int:
        """Run it with what planning is given. Raises where its exit code is none of `fine`."""
        ended = await self._command.run(place, stack, verb, words, self._plan_env, said)
        if ended.code in fine:
            return ended.code
        if terraform_words.is_locked(ended.err):
            raise Temporary("Somebody else works on the state of this stack right now.")
        if was_killed(ended):
            raise Temporary("Terraform was ended in the middle of planning.")
        if terraform_words.lacks_lock_file(ended.err):
            raise Permanent(
                f"The lock file of {stack} does not name all providers that it needs. "
                "Run terraform init there, and commit .terraform.lock.hcl."
            )
        raise Permanent(f"Terraform could not {verb} {stack}{self._command.why(ended)}")

    def _broken(self, place: Place, bound: Bound, stack: str) -> str:
        """Why what is on this disk is not what was approved; empty where it is."""
        sealed = place.sealed()
        if sealed is None or not place.plan.is_file():
            return "The plan is not on this disk any more; it has to be planned again."
        if checkout.file_hash(place.plan) != bound.plan:
            return "The plan file is not the one that was approved; it has to be planned again."
        if sealed.command != self._command.words:
            return "repository.plan is another command by now; it has to be planned again."
        if (sealed.commit, sealed.stack) != (bound.commit, stack):
            return "The plan is of another commit or stack; it has to be planned again."
        if checkout.seal(place.tree) != sealed.tree:
            return "Files have changed where it was planned; it has to be planned again."
        return ""


async def _quiet(_line: str) -> None:
    """Nobody is told."""


def open_terraform(settings: Settings, redactor: Redactor) -> Terraform | None:
    """Terraform, as the settings name it; None where they name no command. Nothing is run yet."""
    if not settings.file.repository.plan:
        return None
    work = settings.data / "changes"
    return Terraform(settings.file.repository.plan, work, settings.plan_env, settings.apply_env, redactor)
