"""The ways a thing can go wrong. Each carries one sentence for the person who will read it in Slack."""

from collections.abc import Mapping


class HoldfastError(Exception):
    """Base of our own errors; `sentence` is shown to people as it is."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Refused(HoldfastError):
    """The rules say no. Nothing was changed. `fields` names the form fields at fault, with a sentence each.

    `rule` is what the log calls the kind of refusal.
    """

    rule = "refused"

    def __init__(self, sentence: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.fields: Mapping[str, str] = fields or {}


class NotFound(Refused):
    """What was asked for does not exist, or this person may not see it; the two are not told apart."""

    rule = "unseen"


class Temporary(HoldfastError):
    """It did not happen now and may later. `after` is how many seconds to wait before trying again."""

    def __init__(self, sentence: str, after: float = 0.0) -> None:
        super().__init__(sentence)
        self.after = after


class Paced(Temporary):
    """Not yet, by our own limits: no trouble, nothing to tell anybody, and no reason to wait longer than `after`."""

    def __init__(self, after: float) -> None:
        super().__init__("Waiting for our turn.", after)


class Unsure(Temporary):
    """The answer was lost, so it may have happened: look for the marker before acting again."""


class Permanent(HoldfastError):
    """It will not happen however often it is tried; a person has to change something first."""


class NeedsPerson(Permanent):
    """It has come to where only a person may go on: one is told."""
