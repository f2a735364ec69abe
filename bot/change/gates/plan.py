"""The plan gate: what Terraform would really do, judged by the JSON of its plan, never by its words."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.change.gates import planned
from bot.change.model import Finding, Gate, Result, Verdict
from bot.change.policy import Policy, matches
from bot.change.projection import Veil
from bot.change.terraform import MAJOR, Delta, Document, Unreadable, read, without_keys

#: Every rule, and what it is about.
RULES: dict[str, str] = {
    "plan.shape": "The plan is not written as plans are; what is not known is not overlooked.",
    "plan.version": f"The format of the plan's JSON begins with {MAJOR}.",
    "plan.exit": "Planning ended with 2, and the plan is one that can be applied.",
    "plan.nothing": "The plan changes something.",
    "plan.errored": "Planning ended without an error.",
    "plan.incomplete": "The plan is of everything: nothing was aimed at, left out or put off.",
    "plan.delete": "Nothing is deleted.",
    "plan.replace": "Nothing is replaced, in either order.",
    "plan.forget": "Nothing is forgotten.",
    "plan.verb": "Each object is created, updated, read or left alone, and one of these only.",
    "plan.invocation": "No action is set off.",
    "plan.import": "What begins to be managed is for a person.",
    "plan.move": "What gets another address is for a person.",
    "plan.deposed": "What is left of an earlier replacement is for a person.",
    "plan.drift": "What was changed elsewhere and would be changed back, or has vanished, is for a person.",
    "plan.output": "An output that goes away is for a person.",
    "plan.data": "Kinds that hold data are for a person, whatever is done to them.",
    "plan.platform": "Kinds of the platform are for a person, and so are manifests whose kind cannot be read.",
    "plan.many": "More resources than the policy allows are for a person.",
    "plan.provisioner": "A new object whose creation runs a command is for a person; of a new resource it is refused.",
    "plan.source": "Reading from elsewhere, such as over HTTP or with a program, is for a person.",
    "plan.provider": "A provider that comes from elsewhere than the public registries is for a person.",
    "plan.check": "A check that does not hold is for a person.",
    "plan.machine": "What writes to, or runs something on, the machine that applies the plan is for a person.",
    "plan.privilege": "What gets out of its container is for a person: a path or the network of its machine.",
    "plan.force": "What forces its way, or takes a protection or the last replica away, is for a person.",
}
REGISTRIES = ("registry.terraform.io/", "registry.opentofu.org/", "terraform.io/builtin/")
#: Addresses that a sentence names.
_NAMED = 3


def plan_gate(plan: Mapping[str, Any], exit_code: int, policy: Policy, *, had: frozenset[str] = frozenset()) -> Verdict:
    """What is to be said about a plan.

    `plan` is the parsed JSON of `terraform show -json`, `exit_code` that of `plan -detailed-exitcode`. `had` are the
    addresses of resources that had provisioners before the change, with or without keys.
    """
    version = plan.get("format_version")
    if not isinstance(version, str) or version.split(".")[0] != MAJOR:
        return _verdict([_refuse("plan.version", "The plan is in a format that is not known here.")])
    try:
        document = read(plan)
    except Unreadable as error:
        place = Veil(plan).name(str(error))
        return _verdict([_refuse("plan.shape", f"The plan holds something that is not known here, at “{place}”.")])
    return _verdict(_Judge(plan, document, exit_code, policy, had).findings())


def is_empty(plan: Mapping[str, Any], exit_code: int) -> bool:
    """Whether a second plan shows that nothing would change any more; false where that cannot be told."""
    version = plan.get("format_version")
    try:
        document = read(plan)
    except Unreadable:
        return False
    known = isinstance(version, str) and version.split(".")[0] == MAJOR
    vanished = any("delete" in each.change.actions for each in document.resource_drift)
    whole = (
        document.complete
        and not document.errored
        and not document.applyable
        and not _put_off(document)
        and not document.overlooked()
    )
    return known and exit_code == 0 and whole and not _changes(document) and not vanished


def _changes(document: Document) -> bool:
    """Whether applying it would write anything."""
    outputs = any(each.actions != ["no-op"] for each in document.output_changes.values())
    return outputs or not all(each.idle for each in document.resource_changes)


def _put_off(document: Document) -> bool:
    return bool(document.deferred_changes or document.action_invocations or document.deferred_action_invocations)


def _verdict(findings: Iterable[Finding]) -> Verdict:
    return Verdict(gate=Gate.PLAN, findings=tuple(findings))


def _refuse(rule: str, sentence: str) -> Finding:
    return Finding(rule=rule, result=Result.REFUSE, sentence=sentence)


def _person(rule: str, sentence: str) -> Finding:
    return Finding(rule=rule, result=Result.PERSON, sentence=sentence)


class _Judge:
    """All rules over one plan that could be read."""

    def __init__(
        self, plan: Mapping[str, Any], document: Document, exit_code: int, policy: Policy, had: frozenset[str]
    ) -> None:
        self._document, self._exit, self._policy = document, exit_code, policy
        self._had = frozenset(map(without_keys, had))
        self._veil = Veil(plan)
        self._acting = [each for each in document.resource_changes if not each.idle]
        self._changed = [each for each in self._acting if each.mode == "managed"]

    def findings(self) -> Iterator[Finding]:
        """What the rules find, in the order of the rules."""
        yield from self._whole()
        yield from self._verbs()
        yield from self._restated()
        yield from self._drift()
        yield from self._kinds()
        yield from self._commands()
        yield from self._elsewhere()
        yield from self._forces()

    def _whole(self) -> Iterator[Finding]:
        """The plan as such."""
        document = self._document
        something = _changes(document) or _put_off(document)
        if document.errored or self._exit not in (0, 2):
            yield _refuse("plan.errored", "Planning ended with an error, so the plan is not whole.")
        elif not something:
            yield _refuse("plan.nothing", "The plan changes nothing: what it asks for is so already.")
        elif self._exit != 2 or not document.applyable:
            yield _refuse("plan.exit", "What planning said at its end does not fit the plan, so it is not trusted.")
        if not document.complete or document.deferred_changes or document.overlooked():
            yield _refuse("plan.incomplete", "The plan leaves a part of the stack out, so what follows is not known.")
        if document.action_invocations or document.deferred_action_invocations:
            yield _refuse("plan.invocation", "The plan would set off an action, and what that does is not known.")

    def _verbs(self) -> Iterator[Finding]:
        """What is done to each object."""
        found: dict[str, list[str]] = {}
        for each in self._document.resource_changes:
            if rule := planned.wrong(each):
                found.setdefault(rule, []).append(each.address)
        words = {
            "plan.delete": "delete {}, and nothing is deleted from here",
            "plan.replace": "delete and create again {}, and nothing is deleted from here",
            "plan.forget": "stop to manage {}, which would stay behind without anybody who knows it",
            "plan.verb": "do something to {} that is not known here",
        }
        for rule, sentence in words.items():
            if rule in found:
                yield _refuse(rule, f"The plan would {sentence.format(self._names(found[rule]))}.")
        if any(each.actions not in (["no-op"], ["create"], ["update"], ["delete"]) for each in self._outputs()):
            yield _refuse("plan.verb", "The plan would do something to an output that is not known here.")

    def _restated(self) -> Iterator[Finding]:
        """What changes in the state, or of the outputs, though no object is touched."""
        every = (*self._document.resource_changes, *self._document.resource_drift)
        if adopted := [
            each.address for each in every if each.change.importing is not None or each.change.generated_config
        ]:
            yield _person("plan.import", f"It would begin to manage {self._names(adopted)}.")
        if moved := [each.address for each in every if each.previous_address not in (None, each.address)]:
            yield _person("plan.move", f"It would keep {self._names(moved)} under another address than before.")
        if deposed := [each.address for each in every if each.deposed is not None]:
            yield _person("plan.deposed", f"Something is left of an earlier replacement of {self._names(deposed)}.")
        gone = [name for name, change in self._document.output_changes.items() if "delete" in change.actions]
        if gone:
            yield _person("plan.output", f"It takes away the output {self._names(gone)}, which others may read.")

    def _drift(self) -> Iterator[Finding]:
        """What was done elsewhere."""
        drifted = self._document.resource_drift
        if strange := [e.address for e in drifted if e.change.actions not in (["no-op"], ["update"], ["delete"])]:
            yield _refuse("plan.verb", f"Something that is not known here was done to {self._names(strange)}.")
        if vanished := [each.address for each in drifted if each.change.actions == ["delete"]]:
            yield _person("plan.drift", f"Somebody deleted {self._names(vanished)} elsewhere.")
        ours = {each.address: planned.paths(each) for each in self._changed}
        if back := [each.address for each in drifted if planned.paths(each) & ours.get(each.address, frozenset())]:
            yield _person("plan.drift", f"Somebody changed {self._names(back)} elsewhere; this would change it again.")

    def _kinds(self) -> Iterator[Finding]:
        """What the objects are, and how many."""
        policy = self._policy
        if held := [each.address for each in self._changed if planned.is_of(each, policy.data_kinds)]:
            yield _person("plan.data", f"It changes {self._names(held)}, which holds data.")
        platform = [each.address for each in self._changed if planned.is_of(each, policy.platform_kinds)]
        if platform:
            yield _person("plan.platform", f"It changes {self._names(platform)}, which is a part of the platform.")
        veiled = [each.address for each in self._changed if planned.veiled(each)]
        if veiled:
            yield _person("plan.platform", f"It cannot be told what kind of thing {self._names(veiled)} is.")
        if len(self._changed) > policy.limits.resources:
            yield _person(
                "plan.many", f"It changes {len(self._changed)} resources; more than {policy.limits.resources} is a lot."
            )

    def _commands(self) -> Iterator[Finding]:
        """What runs commands when it is created."""
        running = {address for address, block in self._document.blocks() if block.provisioners}
        created = [each.address for each in self._changed if "create" in each.change.actions]
        created = [address for address in created if without_keys(address) in running]
        if new := [address for address in created if without_keys(address) not in self._had]:
            yield _refuse("plan.provisioner", f"Creating {self._names(new)} would run a command that is new.")
        if known := [address for address in created if without_keys(address) in self._had]:
            yield _person("plan.provisioner", f"Creating {self._names(known)} runs a command.")

    def _elsewhere(self) -> Iterator[Finding]:
        """What comes from outside."""
        document = self._document
        blocks = [(address, block) for address, block in document.blocks() if block.mode != "managed"]
        sources = {a for a, block in blocks if block.mode != "data" or matches(planned.SOURCES, block.type)}
        sources |= {e.address for e in self._acting if e.mode == "data" and matches(planned.SOURCES, e.type)}
        if sources:
            yield _person("plan.source", f"Planning it reads from elsewhere: {self._names(sorted(sources))}.")
        providers = {each.full_name for each in document.configuration.provider_config.values()}
        providers |= {each.provider_name for each in document.resource_changes}
        if foreign := sorted(each for each in providers if not each.startswith(REGISTRIES)):
            yield _person("plan.provider", f"It uses a provider from elsewhere: {self._names(foreign)}.")
        if failing := sum(each.status not in ("pass", "unknown") for each in document.checks):
            yield _person("plan.check", f"Checks of the configuration that do not hold: {failing}.")

    def _forces(self) -> Iterator[Finding]:
        """Attributes by which a harmless update harms."""
        machines = [each.address for each in self._changed if matches(planned.MACHINES, each.type)]
        if machines:
            yield _person("plan.machine", f"It works on the machine that applies it: {self._names(machines)}.")
        if granted := [each.address for each in self._changed if planned.privileged(each)]:
            yield _person("plan.privilege", f"It gives {self._names(granted)} a right over its machine.")
        if found := [each.address for each in self._changed if planned.forced(each)]:
            names = self._names(found)
            yield _person("plan.force", f"It forces something, or takes away a protection or all replicas: {names}.")

    def _outputs(self) -> Iterable[Delta]:
        return self._document.output_changes.values()

    def _names(self, addresses: list[str]) -> str:
        names = list(dict.fromkeys(map(self._veil.name, addresses)))
        more = len(names) - _NAMED
        return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
