"""The one message that shows an investigation while it goes on, and in the end one quiet line in its place."""

from collections.abc import Sequence

from bot.incident.model import HOLDFAST
from bot.investigation.model import Investigation, Kind, Stage, State, Step, Word
from bot.investigation.standing import Money
from bot.views.blocks import FALLBACK, Block, Rendered, actions, ago, button, context, cut, section, who
from bot.views.foreign import as_written, said
from bot.views.ids import Click
from bot.views.investigation_words import id_of, running_cost, spent, title, took

#: So many of the newest lines are shown; the others are counted.
SHOWN = 8
_MARKS = {Word.RUNNING: "⏳", Word.DONE: "✅", Word.FAILED: "⚠️", Word.REFUSED: "⛔"}
_STAGES = {
    Stage.EVIDENCE: "evidence",
    Stage.TRIAGE: "triage",
    Stage.SPECIALISTS: "specialists",
    Stage.HISTORY: "history",
    Stage.REPORT: "report",
}
#: What is done for each kind; a stage that was begun is shown in any case.
_OF_KIND = {
    Kind.TRIAGE: (Stage.EVIDENCE, Stage.TRIAGE),
    Kind.FEATURE: (Stage.EVIDENCE, Stage.REPORT),
    Kind.POSTMORTEM: (Stage.EVIDENCE, Stage.SPECIALISTS, Stage.HISTORY, Stage.REPORT),
    Kind.INVESTIGATION: tuple(Stage),
}


def progress(investigation: Investigation, steps: Sequence[Step], money: Money) -> Rendered:
    """While it goes on: stages, a line for each thing that is looked at, the money, *Stop*. Then one line."""
    if investigation.is_over:
        line = _over(investigation, money)
        return as_written(Rendered(text=line, blocks=[context(line)]))
    asked = f"\n{said(investigation.question)}" if investigation.question.strip() else ""
    by = "begun by itself" if investigation.by == HOLDFAST else f"asked for by {who(investigation.by)}"
    head = f"🔎 *{title(investigation)}*, {by}, {ago(investigation.asked_at)}{asked}"
    blocks: list[Block] = [section(head), context(_stages(investigation, steps))]
    lines = [_line(step) for step in steps]
    if len(lines) > SHOWN:
        earlier = len(lines) - SHOWN
        lines = [f"… {earlier} earlier {'line' if earlier == 1 else 'lines'}", *lines[-SHOWN:]]
    blocks += [section("\n".join(lines))] if lines else []
    blocks += [context(running_cost(money)), actions(button("Stop", Click.STOP, id_of(investigation)))]
    text = cut(f"{title(investigation)} goes on: {lines[-1]}" if lines else f"{title(investigation)} begins.", FALLBACK)
    return as_written(Rendered(text=text, blocks=blocks))


def _stages(investigation: Investigation, steps: Sequence[Step]) -> str:
    """A mark for each stage: done, at work, to come, or that nothing came of it."""
    begun = {step.stage for step in steps}
    shown = [stage for stage in Stage if stage in begun or stage in _OF_KIND[investigation.kind]]
    return "  ".join(f"{_stage_mark(stage, steps)}\N{NO-BREAK SPACE}{_STAGES[stage]}" for stage in shown)


def _stage_mark(stage: Stage, steps: Sequence[Step]) -> str:
    """By the stage's own line, which no agent wrote; where there is none yet, by what agents do in it."""
    own = [step.word for step in steps if step.stage is stage and not step.agent]
    if own:
        return _MARKS[own[-1]]
    return _MARKS[Word.RUNNING] if any(step.stage is stage for step in steps) else "▫️"


def _line(step: Step) -> str:
    agent = f"{said(step.agent, 30)}: " if step.agent else ""
    return f"{_MARKS[step.word]} {agent}{said(step.text, 110)}"


def _over(investigation: Investigation, money: Money) -> str:
    """How it ended, for how long and for how much: all that is left to say here."""
    name, cost, time = title(investigation), spent(money.run), took(investigation)
    told_below = investigation.kind is not Kind.POSTMORTEM  # whose draft holds already what rules can say
    match investigation.state:
        case State.STOPPED if investigation.stopped_by == HOLDFAST and not investigation.problem:
            return f"{name}: ended with the incident after {time}, {cost}."
        case State.STOPPED:
            ended = f"{name}: stopped by {who(investigation.stopped_by)} after {time}, {cost}."
            why = f" {said(investigation.problem)}" if investigation.problem else ""
            below = investigation.report and told_below
            return f"{ended} What was found by then stands below." if below else f"{ended}{why}"
        case State.FAILED:
            again = " `/incident investigate` begins again."
            return f"{name}: {said(investigation.problem) or 'it could not be finished.'} {time}, {cost}.{again}"
    if investigation.findings is None:
        why = said(investigation.why_no_model) or "No model has looked."
        collected = f"{name}: evidence collected in {time}, {cost}. {why}"
        return f"{collected} The report by rules stands below." if told_below else collected
    return f"{name}: done in {time}, {cost}."
