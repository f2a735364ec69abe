"""What bounds an answer: texts and lists are cut to what people can read, so that one long sentence loses no report."""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from agents.runtime.role import Answer
from bot.evidence.findings import Finding
from bot.evidence.model import Kind
from bot.evidence.signs import Cause
from bot.incident.text import shorten
from bot.investigation.claims import RuledOut
from bot.investigation.model import Hypothesis

#: Ids that one claim may cite.
_IDS = 12


def line(limit: int) -> Any:  # Any: what `Annotated` takes besides its type
    """One line of at most so many characters."""
    return AfterValidator(lambda text: shorten(text, limit))


def few(limit: int) -> Any:  # Any: as above
    """A list of at most so many; the first ones stay."""
    return BeforeValidator(lambda given: given[:limit] if isinstance(given, list | tuple) else given)


Sentence = Annotated[str, line(400), Field(description="One plain sentence, at most 400 characters.")]
Short = Annotated[str, line(200), Field(description="At most 200 characters.")]
Prose = Annotated[str, AfterValidator(lambda text: text[:3000]), Field(description="At most 3000 characters.")]
Ids = Annotated[
    tuple[Annotated[str, line(12)], ...], few(_IDS), Field(description="Ids of evidence that you were shown: E-7.")
]
#: Of 1.
Sure = Annotated[
    float,
    Field(allow_inf_nan=False, description="How sure you are: 0 is not at all, 1 is certain."),
    AfterValidator(lambda sure: min(1.0, max(0.0, sure))),
]
Category = Cause | None


class FindingSaid(Answer):
    """Something that is so."""

    sentence: Sentence
    evidence: Ids

    @property
    def claim(self) -> Finding:
        return Finding(sentence=self.sentence, pieces=self.evidence)


class CauseSaid(Answer):
    """A cause that may explain it."""

    cause: Sentence
    category: Category = None
    confidence: Sure
    evidence: Ids

    @property
    def claim(self) -> Hypothesis:
        category = self.category.value if self.category else ""
        return Hypothesis(cause=self.cause, confidence=self.confidence, pieces=self.evidence, category=category)


class RuledOutSaid(Answer):
    """Something that it was not."""

    what: Sentence
    evidence: Ids = ()
    nothing_of: Annotated[
        tuple[Kind, ...], few(4), Field(description="Kinds of evidence of which there is nothing, where that is why.")
    ] = ()

    @property
    def claim(self) -> RuledOut:
        return RuledOut(what=self.what, pieces=self.evidence, kinds=self.nothing_of)
