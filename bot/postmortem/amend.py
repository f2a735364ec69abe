"""What the bot changes after publishing, brought together with what people changed in git; none of it is lost."""

from collections.abc import Mapping

from bot.errors import Refused
from bot.incident.model import Frozen
from bot.postmortem.document.merge import merge
from bot.postmortem.document.model import Part
from bot.postmortem.document.owned import found, like, replaced
from bot.postmortem.document.parse import part_of, sections
from bot.postmortem.edit import with_part


class Clash(Frozen):
    """A section that was changed here and there in different ways. `theirs` is what git has, and what stays; it is
    empty where the section's heading is gone.
    """

    part: Part
    base: str
    ours: str
    theirs: str


class Amended(Frozen):
    """The document with every change that asks nobody. `foreign` are blocks whose marks are gone: they were left."""

    text: str
    clashes: tuple[Clash, ...] = ()
    foreign: tuple[str, ...] = ()


def amend(content: str, parts: Mapping[Part, tuple[str, str]], blocks: Mapping[str, str]) -> Amended:
    """`content` is the document as git has it now. `parts` maps each section that was edited to the text that it began
    from and the text that it became, both as `part_of` reads them; `blocks` are the bot's, with their new bodies.

    Where both changed a section they are merged by lines; where that is not possible, or would change what stands
    around it, git's text stays and the section is a clash. Doing it again changes nothing.
    """
    clashes: list[Clash] = []
    for part, (base, ours) in parts.items():
        merged = _merged(content, part, _plain(base), _plain(ours))
        if merged is None:
            theirs = part_of(content, part)
            clashes.append(Clash(part=part, base=base, ours=ours, theirs=theirs))
        else:
            content = merged
    foreign = tuple(name for name in blocks if found(content, name) is None)
    for name, body in blocks.items():
        span = found(content, name)
        if span is not None and content[span.start : span.end].strip("\r\n") != like(content, body).strip("\r\n"):
            content = replaced(content, name, body)
    return Amended(text=content, clashes=tuple(clashes), foreign=foreign)


def _merged(content: str, part: Part, base: str, ours: str) -> str | None:
    """The document with our change of a section in it; None where somebody has to be asked."""
    if all(section.name != part.casefold() for section in sections(content)):
        return None
    theirs = _plain(part_of(content, part))
    if theirs == ours:
        return content
    text = _together(base, ours, theirs)
    try:
        return text if text is None else content if text == theirs else with_part(content, part, text)
    except Refused:
        return None


def _together(base: str, ours: str, theirs: str) -> str | None:
    """Both changes of a section; None where they are not independent of each other."""
    if theirs == base:
        return ours
    merged = merge(_ended(base), _ended(ours), _ended(theirs))
    text = _plain(merged.text)
    # merged once more, nothing may be asked and nothing come twice
    again = merge(_ended(base), _ended(ours), _ended(text))
    return None if merged.conflicts or again.conflicts or _plain(again.text) != text else text


def _ended(text: str) -> str:
    """With a last line break, so that its last line is a line as others are."""
    return f"{text}\n" if text else ""


def _plain(text: str) -> str:
    """As `with_part` writes it."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    return plain if plain.strip() else ""
