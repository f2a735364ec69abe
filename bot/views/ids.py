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
    NOTE = "note.form"
    TIMELINE = "timeline.form"
    CAPTURE = "capture.form"
    ACTION_ITEM = "action_item.form"
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
    NOTE = "note.open"
    TIMELINE = "timeline.open"
    TIMELINE_OLDER = "timeline.older"
    TIMELINE_NEWER = "timeline.newer"
    TIMELINE_CURATE = "timeline.curate"
    ACCEPT = "accept.do"
    DECLINE = "decline.open"
    CONFIRM_WORKS = "confirm.works"
    CONFIRM_BROKEN = "confirm.broken"


class Shortcut(StrEnum):
    """Callback ids of shortcuts; the manifest names them, and whether they are used on a message."""

    REPORT = "report.global"
    REPORT_MESSAGE = "report.message"
    ADD_TO_TIMELINE = "capture.message"
    ACTION_ITEM = "action_item.message"


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
    INCIDENT = "incident"
    AUDIENCE = "audience"
    AT = "at"
    ENTRY = "entry"
    DO = "do"
    TYPE = "type"
    OWNER = "owner"
    DUE = "due"


def action(form: Form, field: Field) -> str:
    """The action id of an input: `update.text`."""
    story, _, _ = form.partition(".")
    return f"{story}.{field}"
