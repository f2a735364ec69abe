"""The form that publishes a post-mortem: the checklist, where it goes, and the button."""

from collections.abc import Sequence

from bot.incident.model import Actor, Incident
from bot.incident.postmortems import may_publish
from bot.incident.requests_postmortem import Publish
from bot.postmortem.checklist import Check
from bot.views.blocks import Block, cut, divider, safe, section, spoken
from bot.views.forms.parts import Answers, Memory, View, form, message
from bot.views.ids import Form


def build(incident: Incident, memory: Memory, checks: Sequence[Check], goes: str) -> View:
    """The form; `goes` is a sentence of ours about where it goes. What is open forbids nothing, it is only seen first.

    Where nobody may publish it as it stands, it says why instead of asking.
    """
    title = f"Publish {incident.key}"
    why = may_publish(incident)
    reason = [section(spoken(why))] if why else []
    if may_publish(incident, approver=True):
        return message(title, *reason, *_checklist(checks), memory=memory)
    return form(
        Form.PUBLISH, title, "Publish", memory, [*reason, *_checklist(checks), divider(), section(safe(goes, 600))]
    )


def goes_to(incident: Incident, how: str, branch: str) -> str:
    """Where it goes: `how` is `push`, `pull_request`, or empty where there is no repository."""
    if incident.private:
        return "This incident is private, so its post-mortem stays in Slack, for those who can see the incident."
    if not how:
        return "There is no repository, so it stays in Slack: `/postmortem show` shows it to everybody."
    if how == "pull_request":
        return f"It goes into git as a pull request to {branch}, and is published once that is merged."
    return f"It goes into git, on the branch {branch}, where everybody who can read the repository reads it."


def read(view: View, actor: Actor) -> Publish:
    """Nothing can be wrong in it."""
    memory = Answers(view).memory
    return Publish(actor=actor, channel=memory.channel, incident=memory.incident)


def _checklist(checks: Sequence[Check]) -> list[Block]:
    """What is open stands first."""
    ordered = sorted(checks, key=lambda check: check.done)
    lines = [
        f"{'✅' if each.done else '⬜'} *{safe(each.name, 60)}* {safe(each.sentence, 400, '…')}" for each in ordered
    ]
    still = sum(not check.done for check in checks)
    head = f"*{still} of {len(checks)} points are open.* It can be published with them." if still else "*All is ready.*"
    return [section(head), *(section(cut("\n".join(lines[at : at + 5]), 2900)) for at in range(0, len(lines), 5))]
