"""Which handler answers which id: the table of contents of what we hear from Slack."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from bot.deps import HandlerDeps
from bot.views.ids import Click, Form, Shortcut
from handlers.slack import (
    approvals,
    capture,
    catching_up,
    commands,
    declare,
    documents,
    find,
    investigate,
    mention,
    people,
    postmortem,
    show,
    stories,
    timeline,
)
from handlers.slack.heard import Heard
from handlers.slack.screen import Screen
from handlers.slack.submit import Ack

Handler = Callable[[Heard, Screen, HandlerDeps], Awaitable[Ack]]
Routes = Mapping[str, Handler]

COMMANDS: Routes = {
    "/incident": commands.incident,
    "/postmortem": postmortem.postmortem,
    "/post-mortem": postmortem.postmortem,
    "/approve-todo": approvals.approve_todo,
}

ACTIONS: Routes = {
    Click.DECLARE_OPEN: declare.clicked,
    Click.DECLARE_DRAFT: declare.clicked,
    Click.DECLARE_SERVICE: declare.chosen,
    Click.DECLARE_KIND: declare.chosen,
    Click.SHOW: show.clicked,
    Click.HELP: show.help_clicked,
    Click.LIST_OPEN: find.opened,
    Click.LIST_OLDER: find.turned,
    Click.LIST_NEWER: find.turned,
    Click.HOME_OLDER: show.home_turned,
    Click.HOME_NEWER: show.home_turned,
    Click.TIMELINE: timeline.clicked,
    Click.TIMELINE_OLDER: timeline.turned,
    Click.TIMELINE_NEWER: timeline.turned,
    Click.TIMELINE_CURATE: timeline.curating,
    Click.LEAD_TAKE: stories.lead_taken,
    Click.ACCEPT: stories.accepted,
    Click.TRUST: stories.trusted,
    Click.KEEP_OPEN: stories.kept_open,
    Click.CONFIRM_WORKS: stories.confirmed,
    Click.ROLE_JOIN: stories.role_joined,
    Click.OFFER_ACCEPT: partial(stories.offer_answered, True),
    Click.OFFER_DECLINE: partial(stories.offer_answered, False),
    Click.ACK: stories.acknowledged,
    Click.SEVERITY_SYMPTOM: stories.severity_answered,
    Click.SEVERITY_SHARE: stories.severity_answered,
    Click.SEVERITY_FLAGS: stories.severity_answered,
    Click.DIG_DEEPER: investigate.answering,
    Click.WRONG: investigate.answering,
    Click.STOP: investigate.stopped,
    Click.DID_THIS: investigate.did,
    Click.HALT: investigate.everything,
    Click.RELEASE: investigate.everything,
    Click.CATCH_UP: catching_up.clicked,
    Click.POSTMORTEM: postmortem.clicked,
    Click.PART: postmortem.writing,
    Click.PART_CHOSEN: postmortem.chosen,
    Click.PART_PREVIEW: postmortem.previewed,
    Click.REVIEW_AGREE: postmortem.agreed,
    Click.DOCUMENTS_SEARCH: documents.opened,
    Click.TODO_LOOK: approvals.looked,
    Click.TODO_BACK: approvals.looked,
    Click.TODO_NEXT: approvals.looked,
    Click.INBOX_OLDER: approvals.turned,
    Click.INBOX_NEWER: approvals.turned,
    Click.REJECT: approvals.asking,
    Click.SET_TYPE: approvals.asking,
    **dict.fromkeys(approvals.CLICKS, approvals.clicked),
    **{story.click: stories.clicked for story in stories.STORIES},
}

VIEWS: Routes = {
    Form.DECLARE: declare.submitted,
    Form.LIST: find.submitted,
    Form.TIMELINE: timeline.submitted,
    Form.CAPTURE: capture.added,
    Form.ACTION_ITEM: capture.followed_up,
    Form.PART: postmortem.written,
    Form.DOCUMENTS: documents.submitted,
    Form.WRONG: investigate.answered,
    Form.REJECT: approvals.rejected,
    Form.SET_TYPE: approvals.typed,
    **{story.form: stories.submitted for story in stories.STORIES},
}

EVENTS: Routes = {
    "app_mention": mention.spoken,
    "message": capture.said,
    "reaction_added": capture.reacted,
    "reaction_removed": capture.reacted,
    "app_home_opened": show.home_opened,
    "member_joined_channel": people.came_or_went,
    "member_left_channel": people.came_or_went,
    "team_join": people.changed,
    "user_change": people.changed,
}

SHORTCUTS: Routes = {
    Shortcut.REPORT: capture.report,
    Shortcut.REPORT_MESSAGE: capture.report,
    Shortcut.ADD_TO_TIMELINE: capture.adding,
    Shortcut.ACTION_ITEM: capture.following_up,
}
