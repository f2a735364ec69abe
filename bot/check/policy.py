"""What is wrong, or doubtful, about how far changes may go by themselves and who may allow them."""

from collections.abc import Collection

from bot.change.model import ChangeClass
from bot.settings import File

_DAY = 24 * 60


def wrong(file: File) -> tuple[str, ...]:
    """A sentence for everything that keeps changes from going the way that `file` asks for."""
    policy, circle = file.policy, file.slack.circle
    anybody = circle.owner is not None or bool(circle.approvers)
    found = []
    if file.remediation == "apply":
        if circle.owner is None:
            found.append("remediation: changes may be applied without a click, and there is no slack.owner to call.")
        if not file.repository.plan:
            found.append("remediation: changes are to be applied, and repository.plan names no command to plan them.")
    if file.remediation != "off" and file.repository.plan and not anybody:
        found.append("slack: neither owner nor approvers are named, so nobody may approve a change.")
    for kind, who in policy.approve.items():
        if anybody and not policy.allowed(kind, circle):
            found.append(f"policy.approve.{kind}: nobody may; {_named(who.by)}.")
    if policy.critical is not None:
        able = len(policy.allowed(ChangeClass.UNTYPED, circle, critical=True))
        if able < policy.critical.people:
            found.append(f"policy.critical: {policy.critical.people} have to agree, and only {able} may.")
    return tuple(found)


def doubtful(file: File, stacks: Collection[str] | None) -> tuple[str, ...]:
    """A sentence for everything that may go, and is hardly meant. `stacks` are the names of the folders of stacks that
    there are; None where nobody could look.
    """
    policy = file.policy
    found = [
        f"protected_stacks: there is no stack {name} in {file.repository.stacks}/; is it called something else?"
        for name in file.protected_stacks
        if stacks is not None and "protected_stacks" in file.model_fields_set and name not in stacks
    ]
    if not file.protected_stacks:
        found.append("protected_stacks: the list is empty, so no stack is kept from changes.")
    for name, kinds, what in (
        ("data_kinds", policy.data_kinds, "what holds data"),
        ("platform_kinds", policy.platform_kinds, "the platform"),
    ):
        if not kinds:
            found.append(f"policy.{name}: the list is empty, so a change of {what} is not told from any other.")
    for name, minutes in (("expiry", policy.expiry), ("urgent_expiry", policy.urgent_expiry)):
        if minutes > _DAY:
            found.append(f"policy.{name}: a plan may wait for {minutes // 60} hours; by then much has changed.")
    found += [
        f"policy.shown: {pattern} shows almost every value of a plan, secrets among them."
        for pattern in policy.shown
        if not pattern.strip("*?")
    ]
    return tuple(found)


def _named(by: Collection[str]) -> str:
    return "it names nobody" if not by else f"{' and '.join(by)}: there is none"
