"""What people may ask for about the written record of an incident."""

from datetime import datetime

from bot.incident.asking import About, Request
from bot.incident.model import Actor


class Waive(About):
    """It closes without a post-mortem; the reason stands on the timeline."""

    reason: str


class BeginPostmortem(About):
    """A first draft, from what is recorded."""


class WritePart(About):
    """The text of a section (`part` is a `Part`); empty takes it back to what is recorded.

    `seen` stands for the words from which they began to write, so that what others wrote meanwhile is not lost.
    """

    part: str
    text: str
    seen: str = ""


class AskReview(About):
    """These people shall read it before it is published."""

    people: tuple[Actor, ...]


class AnswerReview(About):
    """Whoever was asked agrees, or says in `words` what should change."""

    approve: bool
    words: str = ""


class Publish(About):
    """It is finished."""


class Pushed(Request):
    """A branch of the repository has moved to this commit."""

    commit: str
    at: datetime
