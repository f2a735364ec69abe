"""Every id that Slack hands back to us, grouped by story, so that a click and its handler can be found from each other.

An action id is `<story>.<field>`; a block id is the field's name in the domain; a button's value is an id.
"""

from enum import StrEnum


class Form(StrEnum):
    """Callback ids: one per form. `MESSAGE` is a form without input, which only says something."""

    DECLARE = "declare.form"
    UPDATE = "update.form"
    SEVERITY = "severity.form"
    STATUS = "status.form"
    LEAD = "lead.form"
    RESOLVE = "resolve.form"
    REOPEN = "reopen.form"
    CLOSE = "close.form"
    DECLINE = "decline.form"
    CONFIRM = "confirm.form"
    LIST = "list.form"
    PICK = "pick.form"
    MESSAGE = "message.form"


class Click(StrEnum):
    """Action ids of what acts at once: buttons (their value is the incident's id) and inputs that change their form."""

    DECLARE_OPEN = "declare.open"
    #: Its value is the text somebody typed, so that no report is lost to the grammar.
    DECLARE_DRAFT = "declare.draft"
    DECLARE_SERVICE = "declare.service"
    DECLARE_KIND = "declare.error_kind"
    SHOW = "show.open"
    HELP = "help.open"
    UPDATE = "update.open"
    SEVERITY = "severity.open"
    STATUS = "status.open"
    LEAD = "lead.open"
    LEAD_TAKE = "lead.take"
    RESOLVE = "resolve.open"
    REOPEN = "reopen.open"
    CLOSE = "close.open"
    ACCEPT = "accept.do"
    DECLINE = "decline.open"
    CONFIRM_WORKS = "confirm.works"
    CONFIRM_BROKEN = "confirm.broken"
    LIST_OPEN = "list.open"
    #: Their value is a number and, in a list, what was asked: the page begins below or above that incident.
    LIST_OLDER = "list.older"
    LIST_NEWER = "list.newer"
    HOME_OLDER = "home.older"
    HOME_NEWER = "home.newer"


class Field(StrEnum):
    """Block ids of inputs: the field's name in the domain."""

    SERVICE = "service"
    OTHER_SERVICE = "other_service"
    WHAT = "what"
    ERROR_KIND = "error_kind"
    STARTED = "started"
    SCOPE = "scope"
    FLAGS = "flags"
    EXPECTED = "expected"
    LINK = "link"
    SCREENSHOTS = "screenshots"
    FOUND_BY = "found_by"
    TEXT = "text"
    NEXT_STEPS = "next_steps"
    NEXT_UPDATE = "next_update"
    SEVERITY = "severity"
    REASON = "reason"
    STATE = "state"
    NOTE = "note"
    LEAD = "lead"
    FIX = "fix"
    CAUSE = "cause"
    ENDED = "ended"
    CHECKED = "checked"
    WORDS = "words"
    STATUS = "status"
    BY = "by"
    SINCE = "since"
    ALL = "all"


def action(form: Form, field: Field) -> str:
    """The action id of an input: `update.text`."""
    story, _, _ = form.partition(".")
    return f"{story}.{field}"
