"""What an investigation found, in Slack: the verdict first, each claim with its evidence, and what to do next."""

from collections.abc import Collection, Mapping, Sequence

from bot.evidence.findings import Finding
from bot.evidence.model import Health, Piece
from bot.investigation.model import ActionItem, Command, Findings, Hypothesis, Investigation, State
from bot.investigation.standing import Money
from bot.views.blocks import FALLBACK, Block, Rendered, actions, button, context, cut, section, who
from bot.views.evidence import evidence_report, fitting, unseen
from bot.views.foreign import as_written, exactly, said
from bot.views.ids import Click
from bot.views.investigation_words import cited, final_cost, id_of, sureness, title, took

#: As many are shown of each; Slack takes about twelve thousand characters in all.
FINDINGS, OTHERS, COMMANDS, STEPS, ITEMS, SMALL = 3, 3, 3, 4, 4, 6
#: What one message holds, with what follows below it: characters, and blocks.
ROOM, BLOCKS = 10_000, 44
_MORE = "…"


def findings(
    investigation: Investigation, money: Money, hosts: Collection[str], severity: str = "", *, proposes: bool = False
) -> Rendered | None:
    """The message; where no model has looked, the report that rules wrote, and why. None where nothing is known.

    `hosts` are those that links may lead to; `severity` is the incident's now, which need not be suggested. `proposes`:
    agents proposed a fix, which can be taken up.
    """
    found, report = investigation.findings, investigation.report
    if found is not None:
        suggested = "" if found.severity.strip() == severity else found.severity
        blocks = _found(investigation, found.model_copy(update={"severity": suggested}), hosts)
        text = said(found.verdict, 600)
    elif report is not None:
        told = evidence_report(report, hosts)
        blocks, text = [*told.blocks, context(_why(investigation))], told.text
    else:
        return None
    ended = f"{title(investigation)} · {took(investigation)} · {final_cost(money)}"
    label = " · Written by a model, which can be wrong; look at the evidence." if found else ""
    blocks = [*_whole(blocks), context(f"{ended}{label}"), _buttons(investigation, proposes)]
    return as_written(Rendered(text=cut(text, FALLBACK, _MORE) or title(investigation), blocks=blocks))


def _found(investigation: Investigation, found: Findings, hosts: Collection[str]) -> list[Block]:
    pieces = {piece.id: piece for piece in investigation.evidence.pieces} if investigation.evidence else {}
    others = found.hypotheses[1:] if found.known else found.hypotheses
    blocks = [section(_verdict(found)), *_listed("What points to it", found.findings, pieces, hosts)]
    blocks += [context(_other(each, pieces, hosts)) for each in others[:OTHERS]]
    blocks += _severity(investigation, found)
    blocks += _commands(investigation, found.commands)
    blocks += _bullets("Next", found.next_steps[:STEPS])
    blocks += _items(found.items)
    blocks += [section(f"*Before*\n{said(found.history, 500)}")] if found.history.strip() else []
    blocks += _small("Ruled out", [said(each, 150) for each in found.ruled_out[:SMALL]])
    health = investigation.evidence.health if investigation.evidence else ()
    blocks += _small("Not looked at", [unseen(each) for each in _unseen(health)[:SMALL]])
    blocks += _small("Note", [*_dropped(found.dropped), *(said(each, 200) for each in found.notes[:SMALL])])
    return blocks


def _whole(blocks: Sequence[Block]) -> list[Block]:
    """As many blocks as Slack takes in one message, from the first; and that the others are left out."""
    kept: list[Block] = []
    room = ROOM
    for block in blocks:
        room -= len(str(block))
        if room < 0 or len(kept) == BLOCKS:
            return [*kept, context("There is more than one message holds; the rest is left out.")]
        kept.append(block)
    return kept


def _verdict(found: Findings) -> str:
    verdict = said(found.verdict, 600) or "Nothing was said."
    if not found.known:
        return f"*{verdict}*\nThe cause is not known yet."
    return f"*{verdict}*\nConfidence: {sureness(found.confidence)}"


def _listed(name: str, claims: Sequence[Finding], pieces: Mapping[str, Piece], hosts: Collection[str]) -> list[Block]:
    lines = [f"• {said(each.sentence)} {cited(each.pieces, pieces, hosts)}" for each in claims[:FINDINGS]]
    return [section(fitting([f"*{name}*", *lines]))] if lines else []


def _other(hypothesis: Hypothesis, pieces: Mapping[str, Piece], hosts: Collection[str]) -> str:
    """A cause that was not chosen, in a line."""
    of = f" ({said(hypothesis.category, 30)})" if hypothesis.category else ""
    sure = sureness(hypothesis.confidence)
    return f"Or, {sure}: {said(hypothesis.cause, 200)}{of} {cited(hypothesis.pieces, pieces, hosts)}"


def _severity(investigation: Investigation, found: Findings) -> list[Block]:
    """What it would be rated; a person decides."""
    if not found.severity.strip():
        return []
    why = f" {said(found.severity_reason)}" if found.severity_reason.strip() else ""
    change = button("Severity", Click.SEVERITY, investigation.incident_id)
    return [section(f"*Suggested severity* {said(found.severity, 20)}.{why}", change)]


def _commands(investigation: Investigation, commands: Sequence[Command]) -> list[Block]:
    """Each to be copied as it stands, with *I did this*; one that cannot be shown exactly is left out."""
    shown = [(at, exactly(each.command), each.why) for at, each in enumerate(commands)]
    whole = [each for each in shown if each[1]]
    blocks: list[Block] = []
    for at, block, why in whole[:COMMANDS]:
        did = button("I did this", Click.DID_THIS, f"{id_of(investigation)}:{at}")
        blocks.append(section(f"{said(why, 250) or 'It may help.'}\n{block}", did))
    head = "*To run by hand, if you agree.* Holdfast runs none of it; a model wrote it, so read it first."
    left = len(commands) - len(whole[:COMMANDS])
    lost = [context(f"{_counted(left, 'command')} left out: too many, or not to be shown exactly.")] if left else []
    return [*([section(head)] if blocks else []), *blocks, *lost]


def _bullets(name: str, lines: Sequence[str]) -> list[Block]:
    return [section("\n".join([f"*{name}*", *(f"• {said(each, 200)}" for each in lines)]))] if lines else []


def _items(items: Sequence[ActionItem]) -> list[Block]:
    """What might be done later; words alone, for nothing comes of it until a person wants it."""
    lines = [f"• {each.priority}, {each.type}: {said(each.action, 200)}" for each in items[:ITEMS]]
    lines += [f"… and {len(items) - ITEMS} more"] if len(items) > ITEMS else []
    return [section("\n".join(["*Proposed action items*", *lines]))] if lines else []


def _small(name: str, parts: Sequence[str]) -> list[Block]:
    told = [part for part in parts if part.strip()]
    return [context(cut(f"{name}: {'; '.join(told)}.", 900, _MORE))] if told else []


def _unseen(health: Sequence[Health]) -> list[Health]:
    return [each for each in health if not each.reachable]


def _dropped(count: int) -> list[str]:
    return [f"{_counted(count, 'claim')} left out, citing no evidence"] if count else []


def _counted(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count} {what}s"


def _why(investigation: Investigation) -> str:
    """Why it is told without what a model made of it."""
    if investigation.state is State.STOPPED:
        return f"Stopped by {who(investigation.stopped_by)}; this is what was known by then."
    why = investigation.problem if investigation.state is State.FAILED else investigation.why_no_model
    return said(why) or "No model has looked at it."


def _buttons(investigation: Investigation, proposes: bool) -> Block:
    id = id_of(investigation)
    fix = [button("Propose fix", Click.PROPOSE_FIX, id)] if proposes else []
    return actions(*fix, button("Dig deeper", Click.DIG_DEEPER, id), button("Wrong", Click.WRONG, id))
