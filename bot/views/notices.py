"""What the reporter is told, in a direct message: what happens next and by when, and how it ended."""

from bot.incident.model import Actor, Incident
from bot.incident.schemes import level_of
from bot.incident.severity import in_words
from bot.views.blocks import (
    FALLBACK,
    VALUE,
    Rendered,
    actions,
    button,
    clean,
    context,
    cut,
    one_line,
    quoted,
    room,
    safe,
    section,
    when,
    who,
)
from bot.views.ids import Click
from bot.views.words import marks

_SOME_TIME = "Somebody will look at it when there is time"


def reported_notice(incident: Incident) -> Rendered:
    """The first notice: what happens next, by when (the clocks of its severity), and what others can read."""
    level = level_of(incident)
    promise = f"Somebody looks at it within {in_words(level.respond_within)}" if level.respond_within else _SOME_TIME
    rhythm = f", and there is news at least every {in_words(level.update_every)}" if level.update_every else ""
    place = f" Follow it in {room(incident.places.room)}." if incident.places.room else ""
    text = (
        f"{marks(incident)}Thank you. Your report is *{incident.key}* {_title(incident)}, "
        f"rated {level.title}.\n{promise}{rhythm}. You will hear from me when it is fixed.{place}"
    )
    return Rendered(text=cut(text, FALLBACK), blocks=[section(text), context(what_becomes_public(incident.private))])


def what_becomes_public(private: bool) -> str:
    """Which parts of a report others can read; stands in the form and in the first notice."""
    if private:
        return "This incident is private: only its members, the approvers and the owner can read it."
    return (
        "Readable by others, in the channel and in the GitHub issue: the service, what you see and expect, since when, "
        "who is affected, the link. Your name and your screenshots stay in Slack."
    )


def investigating_notice(incident: Incident) -> Rendered:
    """Somebody has taken the lead."""
    return _notice(incident, f"{who(incident.lead)} is looking into {_named(incident)}.")


def update_notice(incident: Incident, said: str) -> Rendered:
    """News for the reporter."""
    return _notice(incident, f"News about {_named(incident)}:\n{quoted(said, 2000)}")


def queued_notice(incident: Incident) -> Rendered:
    """The reporter is not among those who may start an incident: a person looks first."""
    text = (
        f"{marks(incident)}Thank you. Your report is *{incident.key}* {_title(incident)}. "
        f"A responder reads it first{_within(incident)}. You hear from me as soon as it is accepted or declined; "
        "there is no need to send it again."
    )
    return Rendered(text=cut(text, FALLBACK), blocks=[section(text), context(what_becomes_public(incident.private))])


def accepted_notice(incident: Incident) -> Rendered:
    """The queued report was let in."""
    text = (
        f"{_named(incident)} was accepted, and somebody looks at it{_within(incident) or ' when there is time'}. "
        "You hear from me when somebody takes it on, and when it is fixed."
    )
    return _notice(incident, text)


def declined_notice(incident: Incident, checked: str) -> Rendered:
    """Nothing was found; says what was checked, and what to do if it is still wrong."""
    return _notice(
        incident,
        f"{_named(incident)} was declined. What was checked:\n{quoted(checked, 2000)}",
        "Do you still see it? Report it again with `/incident`, and say what you see now.",
    )


def healthy_notice(incident: Incident, checked: str) -> Rendered:
    """It was seen to work: what was checked, and one tap that opens it again for whoever still sees it broken."""
    text = f"{marks(incident)}{_named(incident)} works, as far as can be seen from here. What was checked:\n"
    text += f"{quoted(checked, 2000)}\nDo you still see it? Press *Still broken*, and it is open again at once."
    broken = actions(button("Still broken", Click.CONFIRM_BROKEN, incident.id))
    return Rendered(text=cut(text, FALLBACK), blocks=[section(text), broken])


def resolved_notice(incident: Incident, reader: Actor) -> Rendered:
    """It is fixed; asks whoever reported it whether that is so, until they have answered or it is open again."""
    resolution = incident.resolution
    if resolution is None:
        return _notice(incident, f"{_named(incident)} is open again. You hear from me when it is fixed.")
    if reader in resolution.confirmed_by:
        return _notice(incident, f"{_named(incident)} works for you. Thank you for saying so.")
    text = f"{marks(incident)}{_named(incident)} is fixed as of {when(resolution.ended)}."
    text += f"\n*What fixed it* {safe(resolution.fix, 1400)}"
    text += f"\n*Cause* {safe(resolution.cause, 1000)}" if resolution.cause else ""
    answers = actions(
        button("Works for me", Click.CONFIRM_WORKS, incident.id, style="primary"),
        button("Still broken", Click.CONFIRM_BROKEN, incident.id),
    )
    return Rendered(text=cut(text, FALLBACK), blocks=[section(text), answers])


def joined_notice(incident: Incident, said: str) -> Rendered:
    """They reported what is open already: thanked, told what happens, and able to say that it is something else."""
    lead = (
        f"{who(incident.lead)} is on it." if incident.lead else "Nobody has taken it on yet; the room sees your report."
    )
    place = f" Follow it in {room(incident.places.room)}." if incident.places.room else ""
    text = (
        f"{marks(incident)}Thank you. {_named(incident)} is about this already, and your report was added to it. "
        f"{lead} You will hear from me when it is fixed.{place}"
    )
    other = actions(button("It is something else", Click.DECLARE_DRAFT, cut(clean(said), VALUE, "…")))
    return Rendered(text=cut(text, FALLBACK), blocks=[section(text), other])


def merged_notice(incident: Incident) -> Rendered:
    """Their incident goes on in another one."""
    into = incident.merged_into or "another one"
    text = f"{_named(incident)} turned out to be the same as *{into}*, which goes on for both."
    return _notice(incident, f"{text} You hear from me about that one.")


def _within(incident: Incident) -> str:
    """By when, as its severity says; nothing where it says nothing."""
    within = level_of(incident).respond_within
    return f" within {in_words(within)}" if within else ""


def _title(incident: Incident) -> str:
    return f"“{safe(one_line(incident.title, 150), 300)}”"


def _named(incident: Incident) -> str:
    return f"*{incident.key}* {_title(incident)}"


def _notice(incident: Incident, text: str, *small: str) -> Rendered:
    said = f"{marks(incident)}{text}"
    return Rendered(text=cut(said, FALLBACK), blocks=[section(said), *([context(*small)] if small else [])])
