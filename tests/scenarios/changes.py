"""The words in which stories about changes are told: a stack that the real Terraform plans, rows, drafts, clicks."""

import shutil
import subprocess
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from bot.change.model import Approval, Change, ItemState, TrackedItem
from bot.storage import approvals, changes, items, proposals
from bot.workspace.bare import Bare
from bot.workspace.slack.interactions import Target
from bot.workspace.slack.model import Message
from bot.workspace.slack.people import Actor
from tests.scenarios.published import edit, publish, resolved
from tests.scenarios.reading import view_words
from tests.scenarios.story import Story, words

STACK = "stacks/app"
#: Why a story about real plans is not told on this machine.
NO_TERRAFORM = "there is no terraform on this machine; the recorded plans of tests/bot/change cover the rules"


def main(state: Path, *resources: str) -> str:
    """A stack that needs no provider; its state is a file outside the repository."""
    backend = f'terraform {{\n  backend "local" {{\n    path = "{state}"\n  }}\n}}\n'
    return "\n".join([backend, *resources])


def resource(name: str, value: str) -> str:
    """One resource of a stack."""
    return f'resource "terraform_data" "{name}" {{\n  input = "{value}"\n}}\n'


def added(path: str, text: str) -> str:
    """A draft: the diff that adds a file."""
    lines = text.splitlines()
    body = "\n".join(f"+{line}" for line in lines)
    return f"--- /dev/null\n+++ b/{path}\n@@ -0,0 +1,{len(lines)} @@\n{body}\n"


def counting(folder: Path) -> Path:
    """The real Terraform, which writes down in this folder whenever it is told to apply."""
    log, command = folder / "applied.log", folder / "counted"
    command.write_text(f'#!/bin/sh\n[ "$1" = apply ] && echo apply >> {log}\nexec {shutil.which("terraform")} "$@"\n')
    command.chmod(0o755)
    return command


def applied(folder: Path) -> int:
    """How often anything was applied."""
    log = folder / "applied.log"
    return len(log.read_text().splitlines()) if log.exists() else 0


def by_hand(folder: Path, text: str) -> None:
    """Somebody applies a stack of this text on their own machine."""
    where = folder / f"by-hand-{uuid4()}"
    where.mkdir()
    (where / "main.tf").write_text(text)
    for argv in (["init", "-input=false"], ["apply", "-auto-approve", "-input=false"]):
        done = subprocess.run(["terraform", f"-chdir={where}", *argv], capture_output=True, check=False)
        assert done.returncode == 0, done.stderr


async def with_stacks(story: Story, folder: Path, *, remediation: str = "plan", more: str = "") -> Bare:
    """From now on the bot has the workspace's infra repository with a stack in it, and may plan it."""
    if shutil.which("terraform") is None:
        pytest.skip(NO_TERRAFORM)
    repository = story.workspace.repository
    repository.commit({f"{STACK}/main.tf": main(folder / "app.tfstate", resource("web", "one"))}, "A stack")
    plan = f"plan: [{counting(folder)}, plan]"
    keys = f"repository: {{remote: {story.workspace.remote!r}, {plan}}}\nremediation: {remediation}"
    await story.add(f"{keys}\n{more}")
    return repository


async def published_with(story: Story, *rows: str) -> None:
    """A critical incident is over and its post-mortem published; then somebody writes these rows into its plan."""
    await resolved(story)
    await publish(story)
    text = "\n".join(rows)
    await edit(story, PLAN_LINE, f"{PLAN_LINE}\n{text}", "docs: what is to be done")
    await story.pass_time(minutes=1)
    await story.follow()


#: Bob and Carla may approve beside Viktor, the owner; whoever published a post-mortem does not also approve of it.
APPROVERS = "slack: {alerts_channel: alerts, owner: U0VIKTOR, approvers: [U0BOB, U0CARLA], trusted: []}"


async def waiting(story: Story, folder: Path, *actions: str, by: str = "ana", more: str = "") -> None:
    """Alerts with drafts for these wait for a click in plan mode, in files of one stack; `by` has published them."""
    await with_stacks(story, folder, more=f"{APPROVERS}\n{more}")
    await resolved(story)
    for number, action in enumerate(actions):
        name = f"{STACK}/alert{number}.tf"
        await draft(story, action, name, added(name, resource(f"alert{number}", "90")))
    await publish(story, by)
    await edit(story, PLAN_LINE, "\n".join([PLAN_LINE, *(row(action) for action in actions)]))
    await look(story)


async def look(story: Story) -> None:
    """Time for the next look at the repository, and for what follows."""
    await story.pass_time(minutes=1)
    await story.follow()


#: Below it stand the rows of the plan.
PLAN_LINE = (
    "| Priority | Action | Type | Details | Owner | Due | Issue | Status |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- |"
)


def row(action: str, kind: str = "Alert", priority: str = "P1", details: str = "") -> str:
    """A row of the plan that is open."""
    return f"| {priority} | {action} | {kind} | {details} |  |  |  | TODO |"


async def draft(story: Story, action: str, file: str, change: str, number: int = 1) -> None:
    """An agent that looked into the incident drafted this for an action item of these words."""
    incident = await story.incident(number)
    body: dict[str, Any] = {"type": "Alert", "priority": "P1", "action": action, "file": file, "change": change}
    async with story.bot.database.write() as connection:
        at = story.clock.now()
        await proposals.add(
            connection, incident.id, "report_writer", str(uuid4()), incident.id, "action_item", body, at
        )


async def item(story: Story, action: str) -> TrackedItem:
    """The item of these words."""
    found = [each for each in await all_items(story) if each.action == action]
    assert len(found) == 1, f"{len(found)} items are called so"
    return found[0]


async def all_items(story: Story) -> list[TrackedItem]:
    """Every item that is followed."""
    async with story.bot.database.read() as connection:
        return list(await items.all_of(connection, list(ItemState)))


async def change(story: Story, of: TrackedItem) -> Change | None:
    """Its newest change."""
    async with story.bot.database.read() as connection:
        return await changes.newest(connection, of.id)


async def asked(story: Story, of: TrackedItem) -> Approval | None:
    """What was asked about it last."""
    async with story.bot.database.read() as connection:
        return await approvals.newest(connection, of.id)


async def pending(story: Story, action: str) -> Approval:
    """What waits for a click about the item of these words."""
    found = await asked(story, await item(story, action))
    assert found is not None, "nothing was asked"
    assert found.is_pending, (found, await item(story, action))
    return found


async def newest(story: Story, action: str) -> Change:
    """The newest change for the item of these words."""
    found = await change(story, await item(story, action))
    assert found is not None, (await item(story, action)).reason
    return found


async def approve(story: Story, name: str, action: str) -> str:
    """Somebody opens the item, reads, and says yes; what they are told."""
    person, one = story.person(name), await item(story, action)
    before = len(person.ephemerals)
    await person.slash("/approve-todo", one.key)
    await story.settle()
    await person.click("approve.do")
    await story.settle()
    said = [each.text for each in person.ephemerals[before:]]
    if person.view is not None:
        said.append(view_words(person.view))
        await person.close_view(everything=True)
    return "\n".join(said)


def button(person: Actor, action_id: str, value: str) -> Target:
    """A button as somebody sees it now; it may be clicked once nobody sees it any more."""
    found = [each for each in person._targets("alerts") if each.element["action_id"] == action_id]
    return next(each for each in found if each.element["value"] == value)


def answered(person: Actor) -> str:
    """What the bot answered to somebody alone, last."""
    return person.ephemerals[-1].text


async def thread(story: Story, number: int = 1) -> list[Message]:
    """What stands in the thread of the incident's announcement, oldest first."""
    place = (await story.incident(number)).places.announcement
    assert place is not None, "it was not announced"
    return story.workspace.slack.messages(place.channel, place.ts)


def told_owner(story: Story) -> list[str]:
    """What the owner was told directly."""
    return [words(message) for message in story.person("viktor").dm]
