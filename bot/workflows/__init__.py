"""What happens, step by step: a file per story, and the table of all of them."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from bot.deps import WorkflowDeps
from bot.durable.engine import Json
from bot.ports import Outcome
from bot.workflows import (
    alerts,
    catching_up,
    declare,
    ending,
    facts,
    github,
    home,
    investigating,
    people,
    postmortem,
    respond,
    spoken,
    timeline,
)
from bot.workflows.changes.clicks import Clicks
from bot.workflows.changes.taking import Taking
from bot.workflows.locate import locate
from bot.workflows.repository_look import RepositoryWatch, pushed
from bot.workflows.story import Desk

Story = Callable[[Desk, str, Json], Awaitable[Outcome]]

#: Every submission by its name; `bot.incident.requests.WORKFLOWS` says what each payload holds.
STORIES: dict[str, Story] = {
    "declare": declare.declare,
    "accept": declare.accept,
    "decline": declare.decline,
    "lead": respond.lead,
    "update": respond.update,
    "severity": respond.severity,
    "status": respond.status,
    "resolve": ending.resolve,
    "confirm": ending.confirm,
    "reopen": ending.reopen,
    "close": ending.close,
    "waive": postmortem.waive,
    "postmortem": postmortem.begin,
    "ask_review": postmortem.ask_review,
    "answer_review": postmortem.answer_review,
    "role": people.role,
    "handover": people.offer_lead,
    "offer": people.answer_offer,
    "call": people.call,
    "escalate": people.escalate,
    "ack": people.acknowledge,
    "impact": facts.impact,
    "link": facts.link,
    "merge": facts.merge,
    "private": facts.private,
    "trust": github.trust,
    "keep_open": github.keep_open,
    "github_issue": github.filed,
    "github_comment": github.commented,
    "github_touched": github.touched,
    "github_heard": github.webhook,
    "alert": alerts.alert,
    "home": home.home,
    "note": timeline.note,
    "timeline": timeline.curate,
    "pin": timeline.pin,
    "unpin": timeline.unpin,
    "follow": timeline.follow,
    "action_item": timeline.action_item,
    "investigate": investigating.investigate,
    "stop_investigation": investigating.stop,
    "wrong": investigating.wrong,
    "did_this": investigating.did_this,
    "halt": investigating.halt,
    "release": investigating.release,
    "spoken": spoken.spoken,
    "membership": spoken.membership,
    "catch_up": catching_up.catch_up,
}


def stories(deps: WorkflowDeps, watch: RepositoryWatch) -> Mapping[str, Story]:
    """All of them, and those that touch more than rows and people: Slack, or what leaves it."""
    more = {"locate": locate, "write": postmortem.write, "publish": postmortem.publish}
    told = {"repository_pushed": partial(pushed, watch)}
    clicks, taking = Clicks(deps), Taking(deps)
    changes: dict[str, Story] = {
        "approve": clicks.approve,
        "reject": clicks.reject,
        "not_now": clicks.not_now,
        "take_item": taking.take,
        "set_type": taking.set_type,
        "prepare": taking.prepare,
        "work_through": taking.work_through,
        "roll_back": taking.roll_back,
        "propose_fix": taking.propose_fix,
    }
    return {**STORIES, **{name: partial(story, deps) for name, story in more.items()}, **told, **changes}
