"""What in a stack can run, send or read something, or change what Terraform itself does; found, to be compared."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.change.gates.parsed import Block, Call, Parsed
from bot.change.model import Result
from bot.change.policy import matches

KNOWN = frozenset({"resource", "data", "variable", "output", "locals", "module", "check"})
#: Blocks that Terraform acts on by itself, by their first word, with their rule.
TOP = {
    "terraform": "hcl.terraform",
    "provider": "hcl.provider",
    "removed": "hcl.removed",
    "moved": "hcl.moved",
    "import": "hcl.import",
    "ephemeral": "hcl.ephemeral",
}
WITHIN_TERRAFORM = {"backend": "hcl.backend", "cloud": "hcl.backend", "required_providers": "hcl.provider"}
ANYWHERE = {"provisioner": "hcl.provisioner", "connection": "hcl.connection", "lifecycle": "hcl.lifecycle"}
CONDITIONS = frozenset({"validation", "precondition", "postcondition"})
#: Data sources that run, fetch or read something beside the platform when a plan is made.
SENDING = (
    *("external", "http", "terraform_remote_state", "local_*", "*_command", "shell_*", "curl*", "dns_*", "tls_cert*"),
    *("helm_*", "git_*", "archive_*", "template_*", "kustomization*", "sops_*", "ssh_*", "null_*", "terraform_data"),
)
#: Resources that write or run something on the machine that applies.
RUNNING = (
    "local_*",
    "shell_*",
    "*_command",
    "*_exec",
    "ssh_*",
    "ansible_*",
    "archive_*",
    "curl*",
    "null_resource_exec",
)
_FILES = re.compile(r"(?:file\w*|template\w+|abspath|pathexpand)$")
_OTHERS = {
    **dict.fromkeys(("get_env", "run_cmd", "read_terragrunt_config", "sops_decrypt_file", "getenv", "env"), "hcl.env"),
    "nonsensitive": "hcl.sensitive",
}
_STRING = re.compile(r'" (?:\$\{ path \. module \}  ?/|\./)?([A-Za-z0-9_][A-Za-z0-9_./*{},-]*) "')
#: Files that hold secrets or state even where they lie inside the stack.
_SECRET = re.compile(r"(?:\.tfstate|\.tfvars|\.tfplan|\.pem$|\.key$|\.env$|id_rsa|kubeconfig)", re.IGNORECASE)


@dataclass(frozen=True)
class Construct:
    """One of them: its rule, what it means where it is added or changed, where it stands, and all of its text."""

    rule: str
    result: Result
    where: str
    text: str


def constructs(file: Parsed) -> Iterator[Construct]:
    """Everything in a file that has a rule."""
    for block in file.blocks:
        yield from _of_block(block)
        if not block.within:
            yield from _of_top(block, file)
    for call in file.calls:
        yield from _of_call(call)


def _of_block(block: Block) -> Iterator[Construct]:
    names = {block.kind, *block.words[1:2]} if block.kind == "dynamic" else {block.kind}
    for name in names & ANYWHERE.keys():
        yield Construct(ANYWHERE[name], Result.REFUSE, block.address, block.text)
    if block.within and block.within[0][0] == "terraform" and block.kind in WITHIN_TERRAFORM:
        yield Construct(WITHIN_TERRAFORM[block.kind], Result.REFUSE, block.address, block.text)
    if block.kind in CONDITIONS:
        yield Construct("hcl.condition", Result.PERSON, block.address, block.text)
    if block.kind == "data" and block.within and block.within[0][0] == "check":
        yield Construct("hcl.check", Result.REFUSE, block.address, block.text)
    for name in ("provider", "providers"):
        value = block.get(name)
        if value is not None and block.kind in ("resource", "data", "module"):
            yield Construct("hcl.provider", Result.REFUSE, block.address, value)


def _of_top(block: Block, file: Parsed) -> Iterator[Construct]:
    if block.kind in TOP:
        yield Construct(TOP[block.kind], Result.REFUSE, block.address, block.text)
    elif block.kind not in KNOWN:
        yield Construct("hcl.unknown", Result.REFUSE, block.address, block.text)
    elif block.kind == "data":
        sends = len(block.words) != 3 or matches(SENDING, block.words[1])
        yield Construct(
            "hcl.data_sends" if sends else "hcl.data",
            Result.REFUSE if sends else Result.PERSON,
            block.address,
            block.text,
        )
    elif block.kind == "resource":
        yield from _of_resource(block, file)
    elif block.kind == "variable" and block.get("default") is None:
        yield Construct("hcl.variable", Result.PERSON, block.address, "")


def _of_resource(block: Block, file: Parsed) -> Iterator[Construct]:
    if len(block.words) != 3 or matches(RUNNING, block.words[1]):
        yield Construct("hcl.runs", Result.REFUSE, block.address, block.text)
    elif has_provisioner(block, file):
        yield Construct("hcl.provisioner", Result.REFUSE, block.address, block.text)


def has_provisioner(block: Block, file: Parsed) -> bool:
    """Whether something runs when this resource is made or goes."""
    return any(
        each.within[:1] == (block.words,)
        and "provisioner" in each.words[:2]
        and each.kind in ("provisioner", "dynamic")
        for each in file.blocks
    )


def _of_call(call: Call) -> Iterator[Construct]:
    where = f"{call.name}() in {call.inside}"
    if "::" in call.name and not call.name.startswith("core::"):
        yield Construct("hcl.function", Result.REFUSE, where, call.text)
    name = call.name.removeprefix("core::")
    if name in _OTHERS:
        yield Construct(_OTHERS[name], Result.REFUSE, where, call.text)
    if _FILES.match(name) and not stays(call):
        yield Construct("hcl.file", Result.REFUSE, where, call.text)


def stays(call: Call) -> bool:
    """Whether a call that reads files names one that lies in the stack, in plain letters."""
    name = call.name.removeprefix("core::")
    paths = call.arguments[: 2 if name == "fileset" else 1]
    if name in ("abspath", "pathexpand", "templatestring") or not paths:
        return False
    return all(_inside(path) for path in paths)


def _inside(argument: str) -> bool:
    found = _STRING.fullmatch(argument)
    if found is None:
        return argument in ("path . module", '" ${ path . module } "')
    parts = found[1].split("/")
    return not any(part.startswith(".") or not part for part in parts) and not _SECRET.search(found[1])


def sources(files: Mapping[str, Parsed]) -> Counter[tuple[str, str, str, str]]:
    """Of each module its folder, its address, its `source` and its `version`, as they are written."""
    return Counter(
        (path.rpartition("/")[0], block.address, block.get("source") or "", block.get("version") or "")
        for path, file in files.items()
        for block in file.blocks
        if not block.within and block.kind == "module"
    )
