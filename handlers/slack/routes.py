"""Which handler answers which id: the table of contents of what we hear from Slack."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from bot.deps import HandlerDeps
from bot.views.ids import Click, Form
from handlers.slack import commands, declare, mention, people, show, stories
from handlers.slack.heard import Heard
from handlers.slack.screen import Screen
from handlers.slack.submit import Ack

Handler = Callable[[Heard, Screen, HandlerDeps], Awaitable[Ack]]
Routes = Mapping[str, Handler]

COMMANDS: Routes = {"/incident": commands.incident}

ACTIONS: Routes = {
    Click.DECLARE_OPEN: declare.clicked,
    Click.DECLARE_DRAFT: declare.clicked,
    Click.DECLARE_SERVICE: declare.chosen,
    Click.DECLARE_KIND: declare.chosen,
    Click.SHOW: show.clicked,
    Click.HELP: show.help_clicked,
    Click.LEAD_TAKE: stories.lead_taken,
    Click.ACCEPT: stories.accepted,
    Click.CONFIRM_WORKS: stories.confirmed,
    Click.ROLE_JOIN: stories.role_joined,
    Click.OFFER_ACCEPT: partial(stories.offer_answered, True),
    Click.OFFER_DECLINE: partial(stories.offer_answered, False),
    Click.ACK: stories.acknowledged,
    Click.SEVERITY_SYMPTOM: stories.severity_answered,
    Click.SEVERITY_SHARE: stories.severity_answered,
    Click.SEVERITY_FLAGS: stories.severity_answered,
    **{story.click: stories.clicked for story in stories.STORIES},
}

VIEWS: Routes = {
    Form.DECLARE: declare.submitted,
    **{story.form: stories.submitted for story in stories.STORIES},
}

EVENTS: Routes = {
    "app_mention": mention.spoken,
    "message": mention.spoken,
    "app_home_opened": show.home_opened,
    "member_joined_channel": people.came_or_went,
    "member_left_channel": people.came_or_went,
    "team_join": people.changed,
    "user_change": people.changed,
}

SHORTCUTS: Routes = {}
