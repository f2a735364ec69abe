"""The stages of an investigation as code: who works when, what each is given, and what becomes of a missing answer."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from agents.roles import given, historian, issue_responder, specialist, triage
from agents.roles.historian import History
from agents.roles.report_writer import R
from agents.roles.specialist import Look
from agents.roles.triage import Triage
from agents.runtime.ends import NoAnswer, Unreachable
from agents.runtime.given import Given
from agents.runtime.loop import work
from agents.runtime.role import A, Role
from agents.runtime.session import Session
from agents.tools.box import Box
from bot.errors import HoldfastError, Permanent
from bot.incident.schemes import scheme
from bot.incident.severity import Assessment
from bot.investigation.claims import Claims, Written
from bot.investigation.domains import Specialist, specialists
from bot.investigation.model import Findings, Stage, Step, Word
from bot.ports import Case
from bot.storage import transcripts
from bot.storage.budget import RunOver

#: Our own words to each; nothing of an incident stands in them but its key.
_TASKS = {
    Stage.TRIAGE: "Triage incident {key}: answer the questions, name the domains, say where others should look first.",
    Stage.SPECIALISTS: "Look into incident {key}, at your part of it. If there is an envelope `question`, it says what "
    "people want to know of this incident; `corrections` say what was wrong before.",
    Stage.HISTORY: "Say whether incident {key}, or something like it, happened before.",
    Stage.REPORT: "Write the report about {key} from what you are given.",
}


@dataclass
class Stages:
    """The work on one case. `notes` say what did not come to pass, and `first` is the first reason why."""

    session: Session
    case: Case
    box: Box
    earlier: Sequence[tuple[int, Findings]] = ()
    notes: list[str] = field(default_factory=list)
    first: HoldfastError | None = None
    told: list[Given] = field(default_factory=list)

    async def triage(self) -> Triage | None:
        """How bad it is, and what it concerns."""
        role = triage.role(self.session.keys, scheme(self.case.incident.scheme), self.box.looking)
        await self._note(Stage.TRIAGE, "Triage", Word.RUNNING)
        answer = await self._one(role)
        judged = self.severity(answer)
        said = f"Triage: {judged.level} is suggested. {judged.reason}" if judged else "Triage"
        await self._note(Stage.TRIAGE, said, Word.DONE if answer else Word.FAILED)
        return answer

    def severity(self, answer: Triage | None) -> Assessment | None:
        """What the table makes of triage's answers."""
        if answer is None:
            return None
        return answer.severity(scheme(self.case.incident.scheme), self.session.book.evidence.ids)

    async def specialists(self, answer: Triage | None) -> list[tuple[Specialist, Look]]:
        """Side by side; one that has no answer is noted, and the others go on. In the order in which they were chosen,
        whoever is ready first.
        """
        # by the evidence as it was collected: after a crash the same are chosen, whatever tools have shown meanwhile
        chosen = specialists(answer.domains if answer else (), self.case.evidence)
        said = f"Specialists: {', '.join(chosen)}"
        await self._note(Stage.SPECIALISTS, said, Word.RUNNING)
        roles = [specialist.role(self.session.keys, who, self.box.looking) for who in chosen]
        opening = self._opening()
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._one(role, opening), name=role.name) for role in roles]
        except BaseExceptionGroup as broken:
            raise _reason(broken) from broken
        found = [(who, look) for who, task in zip(chosen, tasks, strict=True) if (look := task.result())]
        self.told += [given.said(who.value, look) for who, look in found]
        await self._note(Stage.SPECIALISTS, said, Word.DONE if found else Word.FAILED)
        return found

    async def history(self) -> History | None:
        """Whether it happened before."""
        await self._note(Stage.HISTORY, "Looking into the past", Word.RUNNING)
        answer = await self._one(historian.role(self.session.keys, self.box.remembering))
        await self._note(Stage.HISTORY, "Looked into the past", Word.DONE if answer else Word.FAILED)
        return answer

    async def report(self, role: Role[R], cited: Sequence[str]) -> R | None:
        """What it all comes to. `cited` is what the others rest on, which the writer has to see."""
        await self._note(Stage.REPORT, "Writing the report", Word.RUNNING)
        answer = await self._one(role, self._opening(cited))
        await self._note(Stage.REPORT, "The report", Word.DONE if answer else Word.FAILED)
        return answer

    async def responder(self) -> Written | None:
        """What a wish would take."""
        await self._note(Stage.REPORT, "Assessing the request", Word.RUNNING)
        answer = await self._one(issue_responder.role(self.session.keys, self.box.proposing))
        await self._note(Stage.REPORT, "Assessed the request", Word.DONE if answer else Word.FAILED)
        return answer.written if answer else None

    async def unheard(self) -> bool:
        """Whether no model has said a word: they would be as silent to the others, at a price that nobody knows."""
        async with self.session.database.read() as connection:
            return not await transcripts.answered(connection, self.session.run.id)

    @property
    def reason(self) -> HoldfastError:
        """Why nobody has answered."""
        return self.first or Permanent("No agent has answered.")

    def claims(self) -> Claims:
        """What is so without any answer: what did not come to pass, and how many lines of the timeline were given."""
        return Claims(lines=len(given.lines(self.case)), notes=tuple(self.notes))

    async def _one(self, role: Role[A], opening: Sequence[Given] | None = None) -> A | None:
        """What a role answers; None, with a note, where it has no answer and the others may go on."""
        task = _TASKS[role.stage].format(key=self.case.incident.key)
        try:
            answer = await work(self.session, role, task, opening if opening is not None else self._opening())
        except (NoAnswer, Unreachable, RunOver) as error:  # the last: what others found before is found again
            self.notes.append(f"{role.name.replace('_', ' ').capitalize()}: {error.sentence}")
            self.first = self.first or error
            step = Step(stage=role.stage, key=f"agent:{role.name}", agent=role.name, text=error.sentence)
            await self.session.note(step.model_copy(update={"word": Word.FAILED}))
            return None
        if role.stage is not Stage.SPECIALISTS:  # theirs are told in their order, when all are there
            self.told.append(given.said(role.name, answer))
        return answer

    def _opening(self, cited: Sequence[str] = ()) -> list[Given]:
        evidence = self.session.book.evidence
        before = [given.earlier(number, findings) for number, findings in self.earlier]
        return [*given.opening(self.case, evidence, cited), *before, *self.told]

    async def _note(self, stage: Stage, text: str, word: Word) -> None:
        await self.session.note(Step(stage=stage, key=f"stage:{stage.value}", text=text, word=word))


def _reason(broken: BaseExceptionGroup[BaseException]) -> BaseException:
    """What to raise for a group: the first that carries a sentence for people, else the first."""
    leaves = list(_leaves(broken))
    return next((each for each in leaves if isinstance(each, HoldfastError)), leaves[0])


def _leaves(broken: BaseExceptionGroup[BaseException]) -> Sequence[BaseException]:
    return [
        leaf
        for each in broken.exceptions
        for leaf in (_leaves(each) if isinstance(each, BaseExceptionGroup) else (each,))
    ]
