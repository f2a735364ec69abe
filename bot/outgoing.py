"""The one filter for everything that leaves Slack: no secrets, no contact details, and people by role or name."""

import re
from collections.abc import Callable, Mapping

from bot.redact import Redactor

NO_MAIL, NO_PHONE = "[e-mail address removed]", "[phone number removed]"

_PERSON = re.compile(r"<@([A-Z0-9]{2,40})(?:\|[^<>]{0,200})?>")
_CHANNEL = re.compile(r"<#([A-Z0-9]{2,40})(?:\|([^<>]{0,200}))?>")
_MANY = re.compile(r"<!(?!--)(?:subteam\^[A-Z0-9]+\|)?@?([^<>|^]{1,200})(?:\|[^<>]{0,200})?>")
_DATE = re.compile(r"<!date\^[^<>|]{0,400}\|([^<>]{0,200})>")
#: A local part before `@` and a host with a dot; also as Slack wraps it.
_MAIL = re.compile(
    r"<mailto:[^<>]{1,500}>|(?<![\w.+%-])[\w.+%-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}\b", re.ASCII
)
#: International with `+`, or the three groups of a national number; never a date, a host's address or a count.
_PHONE = re.compile(
    r"<tel:[^<>]{1,200}>"
    r"|(?<![\w+.])\+\d{1,3}(?:[ ().-]{0,2}\d){7,13}(?![\w.]*\d)"
    r"|(?<![\w.:/-])(?:\(0?\d{2,4}\)|0\d{2,4}|\d{3})[ .-]\d{3}[ .-]\d{4}(?![\w:/-])",
    re.ASCII,
)


def named(text: str, name: Callable[[str], str]) -> str:
    """Slack's mentions as words: a person as `name` says, channels and groups by their own names. Nobody is called."""
    text = _DATE.sub(lambda found: found[1], text)
    text = _PERSON.sub(lambda found: name(found[1]), text)
    text = _CHANNEL.sub(lambda found: f"#{found[2] or 'a channel'}", text)
    return _MANY.sub(lambda found: found[1], text)


class Outgoing:
    """Filters texts about one incident. `roles` are people who are spoken of by what they do there, never by name."""

    def __init__(self, redactor: Redactor, name: Callable[[str], str], roles: Mapping[str, str]) -> None:
        self._redactor = redactor
        self._name = name
        self._roles = roles

    def text(self, text: str) -> str:
        """What may be read by anybody; other text is unchanged."""
        said = named(text, lambda person: self._roles.get(person) or self._name(person))
        said = self._redactor.text(said)
        return _PHONE.sub(NO_PHONE, _MAIL.sub(NO_MAIL, said))
