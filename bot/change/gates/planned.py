"""What is done to one object of a plan, and what kind of object it is: what the plan gate asks of each."""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from bot.change.differing import differences
from bot.change.policy import matches
from bot.change.terraform import ResourceChange

#: Data sources that reach out by themselves, while planning.
SOURCES = (
    *("external", "http", "terraform_remote_state", "tfe_outputs", "local_file", "local_sensitive_file"),
    *("shell_*", "*_command", "curl*", "restapi*", "graphql*"),
)
#: Kinds that write to, or run something on, the machine that applies the plan, or one that it logs in to.
MACHINES = ("local_*", "shell_*", "*_command", "ssh_*", "remote_*", "ansible_*", "system_*", "null_*exec*", "archive_*")
#: Kinds whose objects say themselves what they are.
MANIFESTS = ("kubernetes_manifest", "kubectl_manifest", "k8s_manifest", "kustomization_resource")
#: Attributes that force when they become true, and those that protect until they become false.
FORCES = ("force", "force_*", "recreate_pods", "skip_final_snapshot", "replace")
PROTECTS = ("deletion_protection*", "*_protection", "prevent_destroy")
#: Attributes by which something gets out of its container, as Terraform and as Kubernetes write them.
PRIVILEGES = (
    *("privileged", "host_path", "hostpath", "host_network", "hostnetwork", "host_pid", "hostpid", "host_ipc"),
    *("hostipc", "allow_privilege_escalation", "allowprivilegeescalation"),
)
#: Characters of a manifest that are read, and brackets in it: many in each other would be read for minutes.
LONGEST, MOST_BRACKETS = 50_000, 1000

_ALLOWED = {"managed": (["no-op"], ["create"], ["update"]), "data": (["no-op"], ["read"])}
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
    """Whether it is a manifest that does not say, before or after, what it is."""
    sides = (each.change.before, each.change.after)
    silent = any(side is not None and not _kinds(side, manifest=True) for side in sides)
    return matches(MANIFESTS, each.type) and silent


def _manifest(each: ResourceChange) -> frozenset[str]:
    """What it says that it is, or is about, in Terraform's own words: `kubernetes_persistent_volume_claim`."""
    manifest = matches(MANIFESTS, each.type)
    found = _kinds(each.change.before, manifest=manifest) | _kinds(each.change.after, manifest=manifest)
    return frozenset(f"kubernetes_{_CAMEL.sub('_', kind).lower()}" for kind in found)


def _kinds(side: Any, *, manifest: bool) -> frozenset[str]:  # Any: JSON, of which only few shapes say it
    """The kinds that one side names; a list of things may hold anything, so it names none."""
    documents = list(_documents(side)) if manifest else [side]
    kinds = frozenset(
        each["kind"] for each in documents if isinstance(each, dict) and isinstance(each.get("kind"), str)
    )
    return frozenset() if any(kind.endswith("List") or not kind for kind in kinds) else kinds


def _documents(side: Any) -> Iterator[Any]:  # Any: as above
    """The object, and every manifest in it. A text is read as YAML; one that cannot be read names no kind."""
    yield side
    for value in side.values() if isinstance(side, dict) else ():
        if isinstance(value, str):
            yield from _read(value)
        else:
            yield value


def _read(text: str) -> list[Any]:  # Any: as above
    """The documents of a YAML text. One that refers to its own parts is not read: it may be a bomb."""
    unread = [{"kind": ""}]
    if len(text) > LONGEST or text.count("[") + text.count("{") > MOST_BRACKETS:
        return unread
    try:
        refers = any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text))
        return unread if refers else list(yaml.safe_load_all(text))
    except (yaml.YAMLError, ValueError, RecursionError):
        return unread


def privileged(each: ResourceChange) -> bool:
    """Whether something in it gets what only the platform has: a path or the network of its machine, or all rights."""
    parts = {
        part
        for difference in differences(each.change.model_dump())
        for part in difference.path
        if difference.later or difference.after not in (False, None, "", "false")
    }
    documents = _documents(each.change.after) if matches(MANIFESTS, each.type) else ()
    return any(matches(PRIVILEGES, part) for part in parts) or any(map(_grants, documents))


def _grants(value: Any) -> bool:  # Any: as above
    left = [value]
    while left:
        each = left.pop()
        if isinstance(each, dict):
            if any(isinstance(key, str) and matches(PRIVILEGES, key) and item for key, item in each.items()):
                return True
            left += each.values()
        elif isinstance(each, list):
            left += each
    return False


def forced(each: ResourceChange) -> bool:
    """Whether an attribute becomes one by which a harmless update harms: force, no protection, no replica."""
    for difference in differences(each.change.model_dump()):
        name, before, after = difference.path[-1], difference.before, difference.after
        if matches(FORCES, name) and (difference.later or after not in (False, None, "", "false")):
            return True
        if matches(PROTECTS, name) and before is True and after is not True:
            return True
        gone = str(after) == "0" or (difference.later and before is not None)
        if name in ("replicas", "replica_count") and gone:
            return True
    return False
