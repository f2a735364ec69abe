"""What is done to one object of a plan, and what kind of object it is: what the plan gate asks of each."""

import re
from typing import Any

from bot.change.differing import differences
from bot.change.policy import matches
from bot.change.terraform import ResourceChange

#: Data sources that reach out by themselves, while planning.
SOURCES = (
    *("external", "http", "terraform_remote_state", "tfe_outputs", "local_file", "local_sensitive_file"),
    *("shell_*", "*_command", "curl*", "restapi*", "graphql*"),
)
#: Kinds whose objects say themselves what they are.
MANIFESTS = ("kubernetes_manifest", "kubectl_manifest", "k8s_manifest", "kustomization_resource")
#: Attributes that force when they become true, and those that protect until they become false.
FORCES = ("force", "force_*", "recreate_pods", "skip_final_snapshot", "replace")
PROTECTS = ("deletion_protection*", "*_protection", "prevent_destroy")

_ALLOWED = {"managed": (["no-op"], ["create"], ["update"]), "data": (["no-op"], ["read"])}
_KIND = re.compile(r"^[\"']?kind[\"']?\s*:\s*[\"']?([A-Za-z]+)", re.MULTILINE)
_KIND_IN_JSON = re.compile(r"\"kind\"\s*:\s*\"([A-Za-z]+)\"")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def wrong(each: ResourceChange) -> str:
    """The rule that what is done to it breaks; empty where it may be done."""
    actions = each.change.actions
    if "delete" in actions:
        return "plan.replace" if "create" in actions else "plan.delete"
    if "forget" in actions:
        return "plan.forget"
    if actions not in _ALLOWED[each.mode]:
        return "plan.verb"
    return "plan.replace" if each.change.replace_paths else ""


def paths(each: ResourceChange) -> frozenset[tuple[str, ...]]:
    """The ways to all that differs in it."""
    return frozenset(difference.path for difference in differences(each.change.model_dump()))


def is_of(each: ResourceChange, patterns: tuple[str, ...]) -> bool:
    """Whether it is of one of these kinds, by its type or by what its manifest says."""
    return any(matches(patterns, kind) for kind in (each.type, *_manifest(each)))


def veiled(each: ResourceChange) -> bool:
    """Whether it is a manifest that does not say what it is."""
    return matches(MANIFESTS, each.type) and not _manifest(each)


def _manifest(each: ResourceChange) -> frozenset[str]:
    """What a manifest says that it is, in the words of Terraform's own kinds: `kubernetes_persistent_volume_claim`."""
    if not matches(MANIFESTS, each.type):
        return frozenset()
    found: set[str] = set()
    for side in (each.change.before, each.change.after):
        for value in side.values() if isinstance(side, dict) else ():
            found |= _said(value)
        found |= _said(side)
    return frozenset(f"kubernetes_{_CAMEL.sub('_', kind).lower()}" for kind in found)


def _said(value: Any) -> set[str]:  # Any: JSON, of which only these two shapes say it
    if isinstance(value, dict):
        kind = value.get("kind")
        return {kind} if isinstance(kind, str) and kind else set()
    if isinstance(value, str):
        return set((_KIND_IN_JSON if value.lstrip().startswith(("{", "[")) else _KIND).findall(value))
    return set()


def forced(each: ResourceChange) -> bool:
    """Whether an attribute becomes one by which a harmless update harms: force, no protection, no replica."""
    for difference in differences(each.change.model_dump()):
        name, before, after = difference.path[-1], difference.before, difference.after
        if matches(FORCES, name) and after not in (False, None, "", "false"):
            return True
        if matches(PROTECTS, name) and before is True and after is not True:
            return True
        if name in ("replicas", "replica_count") and str(after) == "0":
            return True
    return False
