"""What `terraform show -json` says of a plan, read strictly: nothing that is not known here is overlooked."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

#: The format of the document that is read here, by its first number.
MAJOR = "1"
#: Things in each other; no plan that people write comes near it.
DEEPEST = 100
#: A key behind an address: `[0]`, or `["a\"b"]`.
_KEY = re.compile(r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]')
_ADDRESS = re.compile(r"[\w-]+(?:\.[\w-]+)+")


class Unreadable(ValueError):
    """The document is not one that is known here; the text says where, and holds no value of it."""


def _address(value: str) -> str:
    if not _ADDRESS.fullmatch(without_keys(value)):
        raise ValueError("no address")
    return value


def without_keys(address: str) -> str:
    """The address of a block: `module.m.terraform_data.a` of `module.m["x"].terraform_data.a[0]`."""
    return _KEY.sub("", address)


Address = Annotated[str, AfterValidator(_address)]
#: What Terraform made of a configuration: any JSON. Its shape is the provider's.
Value = Any


class _Strict(BaseModel):
    """Nothing more than what stands here, and of exactly these types."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class _Loose(BaseModel):
    """Of the configuration only what is asked of it is read."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


class Delta(_Strict):
    """What is done to one object. The values are as Terraform has them, secrets in plain text among them."""

    actions: list[str]
    before: Value = None
    after: Value = None
    after_unknown: Value = None
    before_sensitive: Value = None
    after_sensitive: Value = None
    before_identity: Value = None
    after_identity: Value = None
    replace_paths: list[Value] = []
    importing: dict[str, Value] | None = None
    generated_config: str = ""


class ResourceChange(_Strict):
    """One object of a plan, or of what has drifted."""

    address: Address
    previous_address: Address | None = None
    module_address: str = ""
    mode: Literal["managed", "data"]
    type: str
    name: str
    index: Value = None
    provider_name: str
    deposed: str | None = None
    action_reason: str = ""
    change: Delta

    @property
    def idle(self) -> bool:
        """Nothing happens to it, and nothing to what is kept about it."""
        return self.change.actions == ["no-op"] and not self.restated and self.deposed is None

    @property
    def restated(self) -> bool:
        """What is kept about it changes, whatever is done to it: another address, or known for the first time."""
        moved = self.previous_address not in (None, self.address)
        return moved or self.change.importing is not None or bool(self.change.generated_config)


class Kept(_Loose):
    """An object as the state has it."""

    address: Address
    mode: str


class KeptModule(_Loose):
    """A module's objects in the state."""

    resources: list[Kept] = []
    child_modules: list["KeptModule"] = []


class KeptValues(_Loose):
    """What the state holds."""

    root_module: KeptModule = KeptModule()


class State(_Loose):
    """The state that the plan was made on, as it is after refreshing."""

    values: KeptValues = KeptValues()


class Check(_Loose):
    """What is asserted about the whole."""

    status: str


class Provider(_Loose):
    """Where a provider comes from."""

    full_name: str


class Block(_Loose):
    """A resource or a data source as it stands in the configuration."""

    address: Address
    mode: str
    type: str
    provisioners: list[Value] = []


class Call(_Loose):
    """A module that is used."""

    module: "Module"


class Module(_Loose):
    """A module's configuration."""

    resources: list[Block] = []
    module_calls: dict[str, Call] = {}


class Configuration(_Loose):
    """The configuration that was planned."""

    provider_config: dict[str, Provider] = {}
    root_module: Module


class Document(_Strict):
    """A plan. What is left out is empty; what must be said has no default."""

    format_version: str
    terraform_version: str
    timestamp: str = ""
    applyable: bool
    complete: bool
    errored: bool
    variables: dict[str, Value] = {}
    planned_values: Value = None
    prior_state: State = State()
    configuration: Configuration
    relevant_attributes: list[Value] = []
    resource_changes: list[ResourceChange] = []
    resource_drift: list[ResourceChange] = []
    output_changes: dict[str, Delta] = {}
    checks: list[Check] = []
    deferred_changes: list[Value] = []
    action_invocations: list[Value] = []
    deferred_action_invocations: list[Value] = []

    def blocks(self) -> Iterator[tuple[str, Block]]:
        """Every resource and data source of the configuration, with its whole address without keys."""
        modules = [("", self.configuration.root_module)]
        while modules:
            path, module = modules.pop()
            yield from ((path + block.address, block) for block in module.resources)
            modules += [(f"{path}module.{name}.", call.module) for name, call in module.module_calls.items()]

    def overlooked(self) -> frozenset[str]:
        """Addresses of objects that are kept in the state, and of which the plan says nothing, not even no-op."""
        modules, kept = [self.prior_state.values.root_module], set()
        while modules:
            module = modules.pop()
            modules += module.child_modules
            kept |= {each.address for each in module.resources if each.mode == "managed"}
        return frozenset(kept - {each.address for each in self.resource_changes})


def read(plan: Mapping[str, Any]) -> Document:
    """The document. Raises Unreadable."""
    if _deeper(plan, DEEPEST):
        raise Unreadable("its depth")
    try:
        return Document.model_validate(dict(plan))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise Unreadable(".".join(part for part in first["loc"] if isinstance(part, str))) from None


def _deeper(value: Value, most: int) -> bool:
    """Whether there is more in each other than so many."""
    level = [value]
    for _ in range(most):
        level = [item for each in level for item in _inside(each)]
        if not level:
            return False
    return True


def _inside(value: Value) -> Iterable[Value]:
    return value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()


def provisioned(plan: Mapping[str, Any]) -> frozenset[str]:
    """Addresses, without keys, of the resources that have provisioners in this plan's configuration.

    Raises Unreadable.
    """
    return frozenset(address for address, block in read(plan).blocks() if block.provisioners)
