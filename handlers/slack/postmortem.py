"""`/postmortem` and the buttons of one post-mortem: shown, begun, written section by section, read by others."""

from functools import partial

from bot.deps import HandlerDeps
from bot.errors import NotFound
from bot.incident.model import Actor, EventKind, Incident
from bot.incident.postmortem_state import PostmortemState
from bot.incident.requests_postmortem import AnswerReview, AskReview, BeginPostmortem, Waive
from bot.postmortem.document.model import Part
from bot.postmortem.subwords import Asked, Word, parse
from bot.views.blocks import Block, clean
from bot.views.forms import ask_review, part
from bot.views.forms.parts import INPUT, Memory, View
from bot.views.postmortem import shown, usage
from bot.views.replies import answer, outcome_reply, outcome_words, said
from bot.workflows.drafting import Draft, document_of
from handlers.slack import documents, stories
from handlers.slack.heard import Heard
from handlers.slack.screen import Screen
from handlers.slack.show import was_read
from handlers.slack.submit import Ack, from_click, from_command, from_form, message_ack, typed, you_typed

WHICH = "Which incident? Name it, as in `/postmortem {word} INC-12`, or ask in its room."
NO_WORDS = "Say what to look for, as in `/postmortem search certificates expired`."


async def postmortem(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """What was typed after `/postmortem`."""
    asked = parse(heard.text)
    match asked.word:
        case Word.HELP:
            return message_ack(usage(asked.near, you_typed(heard.text, deps) if asked.text else None))
        case Word.LIST:
            return message_ack(await documents.listed(deps))
        case Word.SEARCH if asked.text:
            return message_ack(await documents.found(heard, asked.text, deps))
        case Word.SEARCH:
            return message_ack(answer(NO_WORDS))
        case Word.TODOS if not asked.ref:
            return message_ack(await documents.todos(asked.text, heard.actor, deps))
    try:
        found = await _find(asked, heard, deps)
    except NotFound as refusal:
        return message_ack(answer(refusal.sentence, *_again(asked, heard, deps)))
    if found is None and asked.alone:
        return message_ack(await documents.listed(deps))
    if found is None:
        return message_ack(answer(WHICH.format(word=asked.word), *_again(asked, heard, deps)))
    return await _about(found, asked, heard, screen, deps)


async def _find(asked: Asked, heard: Heard, deps: HandlerDeps) -> Incident | None:
    if asked.ref:
        return await deps.incidents.by_ref(asked.ref, heard.actor, heard.channel)
    return await deps.incidents.in_room(heard.channel, heard.actor, heard.channel)


def _again(asked: Asked, heard: Heard, deps: HandlerDeps) -> list[Block]:
    return [you_typed(heard.text, deps)] if asked.text or asked.people else []


async def _about(found: Incident, asked: Asked, heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """A word about one incident: done at once where everything was typed, else shown or asked in a form."""
    memory = Memory(incident=found.id, channel=heard.channel, draft=asked.text)
    title = f"Post-mortem {found.key}"
    match asked.word:
        case Word.TODOS:
            was_read(heard.actor, "todos", found)
            return message_ack(await documents.todos_of(found, asked.text, heard.actor, deps))
        case Word.WAIVE:
            waive = Waive(actor=heard.actor, channel=heard.channel, incident=found.id, reason=asked.text)
            return await from_command(heard, deps, "waive", waive)
        case Word.REVIEW if asked.people and not asked.text:
            ask = AskReview(actor=heard.actor, channel=heard.channel, incident=found.id, people=asked.people)
            return await from_command(heard, deps, "ask_review", ask)
        case Word.REVIEW:
            await screen.open(ask_review.build(found, memory, asked.people))
        case Word.PUBLISH:
            story = stories.BY_WORKFLOW["publish"]
            await screen.open_filled(title, memory, partial(stories.filled, story, memory, heard.actor, deps))
        case Word.DRAFT:
            await screen.open_filled(title, memory, partial(_begun, found, memory, heard, deps))
        case _:
            await screen.open_filled(title, memory, partial(_shown, memory, heard.actor, deps))
    return None


async def clicked(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """*Show*, *Read it*."""
    memory = _memory(heard, heard.value)
    await screen.open_filled("Post-mortem", memory, partial(_shown, memory, heard.actor, deps))
    return None


async def writing(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """*Write a section*: the form; the value is the incident's id, and perhaps a section's name."""
    incident, _, name = heard.value.partition(":")
    memory = _memory(heard, incident).model_copy(update={"part": part.section_of(name) if name else ""})
    await screen.open_filled("Post-mortem", memory, partial(_form, memory, heard.actor, deps))
    return None


async def chosen(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """Another section was chosen in the form: its text takes the place of the other one's."""
    screen.refill(partial(_other, heard, deps))
    return None


async def previewed(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """*Preview*: over the form, which stays as it is."""
    if heard.in_form:
        await screen.open(part.preview(heard.view))
    return None


async def written(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """A section is kept."""
    return await from_form(heard, deps, "write", part.read(heard.view, heard.actor))


async def agreed(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """*I agree*; the answer is said, since the message that was clicked stays as it is."""
    where = heard.channel or heard.memory.channel
    request = AnswerReview(actor=heard.actor, channel=where, incident=heard.value, approve=True)
    await screen.tell(outcome_reply(await from_click(heard, deps, "answer_review", request)))
    return None


def _memory(heard: Heard, incident: str) -> Memory:
    return Memory(incident=incident, channel=heard.channel or heard.memory.channel)


async def _document(incident: Incident, deps: HandlerDeps) -> Draft:
    return await document_of(incident, deps)


def _url(incident: Incident, deps: HandlerDeps) -> str:
    places = incident.places
    return places.document_url or (deps.document_url(places.document) if places.document else "")


async def _shown(memory: Memory, actor: Actor, deps: HandlerDeps) -> View:
    incident = await deps.incidents.by_id(memory.incident, actor, memory.channel)
    was_read(actor, "postmortem", incident)
    draft = await _document(incident, deps)
    return shown(
        incident,
        draft.document,
        actor,
        memory=Memory(incident=incident.id, channel=memory.channel),
        url=_url(incident, deps),
        proposal=await _proposal(incident, deps),
        unsent=tuple(draft.written),
    )


async def _proposal(incident: Incident, deps: HandlerDeps) -> str:
    """Where its pull request is, as its timeline says; empty where it has none."""
    if incident.places.proposal is None:
        return ""
    events = [entry.event for entry in await deps.incidents.entries(incident.id)]
    urls = [event.data.get("url", "") for event in events if event.kind is EventKind.POSTMORTEM_PROPOSED]
    return urls[-1] if urls else ""


async def _begun(found: Incident, memory: Memory, heard: Heard, deps: HandlerDeps) -> View:
    """The form to write; where there is no post-mortem yet, it is begun first."""
    if found.postmortem in (None, PostmortemState.WAIVED):
        request = BeginPostmortem(actor=heard.actor, channel=heard.channel, incident=found.id)
        outcome = await typed(heard, deps, "postmortem", request)
        if outcome.pending or not outcome.ok:
            return said(f"Post-mortem {found.key}", outcome_words(outcome))
    return await _form(memory, heard.actor, deps)


async def _form(memory: Memory, actor: Actor, deps: HandlerDeps) -> View:
    """The section that is meant, else the first one that waits for somebody."""
    incident = await deps.incidents.by_id(memory.incident, actor, memory.channel)
    was_read(actor, "write", incident)
    draft = await _document(incident, deps)
    first = next(iter(draft.document.waiting), Part.SUMMARY)
    section = part.section_of(memory.part or first)
    here = Memory(incident=incident.id, channel=memory.channel, part=section, seen=draft.seen(section))
    return part.build(incident, here, draft.part(section), url=_url(incident, deps))


async def _other(heard: Heard, deps: HandlerDeps) -> View:
    """The form with the section just chosen. What was changed in the other one and not kept is shown below."""
    before, section = heard.memory, part.chosen(heard.view)
    incident = await deps.incidents.by_id(before.incident, heard.actor, before.channel)
    draft = await _document(incident, deps)
    said = part.written(heard.view)
    unsent = said if said != clean(draft.part(part.section_of(before.part)))[:INPUT] else ""
    here = before.model_copy(update={"part": section, "seen": draft.seen(section)})
    return part.build(incident, here, draft.part(section), url=_url(incident, deps), unsent=unsent)
