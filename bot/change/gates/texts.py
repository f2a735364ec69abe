"""What stands in texts that Terraform hands on: templates, YAML and heredocs. Words are looked for, not understood."""

import re
from collections import Counter
from collections.abc import Iterator

import yaml

from bot.change.gates.lexer import Unreadable

#: A call that reads a file or a template, however blanks and comments stand before its brace.
_CALL = re.compile(
    r"\b(?:core\s*::\s*)?(?:file\w*|template(?:file|string)|abspath|pathexpand)(?=\s*(?:/\*|//|#|\())|\w+\s*::\s*\w+\s*::"
)
_TEMPLATE = re.compile(r"[$%]\{")
_ENV = re.compile(r"TF_(?:VAR|CLI)_\w*|TERRAGRUNT_\w+|TG_\w+_ARGS|\bLD_PRELOAD\b", re.IGNORECASE)
#: Letters that show something else than what is there.
_HIDDEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]"
)
_CLUSTER_WORDS = (
    r"(?:Cluster)?RoleBinding|ClusterRole|cluster-admin|(?:Mutating|Validating)(?:Webhook|Admission)\w+|ClusterPolicy"
    r"|ServiceAccount|CustomResourceDefinition|APIService|PodSecurityPolicy|SealedSecret|ExternalSecret"
    r"|host_?(?:Path|Network|PID|IPC|Users)|privileged|allow_?Privilege_?Escalation|cap_add|SYS_ADMIN|NET_ADMIN"
    r"|docker\.sock|containerd\.sock|run_?As_?User['\"]?\s*[:=]\s*['\"]?0"
)
_CLUSTER = re.compile(rf"(?<![A-Za-z])(?:{_CLUSTER_WORDS})(?![A-Za-z])", re.IGNORECASE)
_ESCAPED = re.compile(r"\\(?:[uU]([0-9a-fA-F]{4,8})|x([0-9a-fA-F]{2}))")
_TAKES = re.compile(
    r"\bdata\s*\.\s*\w*(?:secret|vault|password|credential|sops)\w*\s*\.\s*[\w-]+"
    r"|\b(?:random_password|tls_private_key|vault_\w+|ephemeral)\s*\.\s*[\w-]+",
    re.IGNORECASE,
)
_SECRET = re.compile(r"\bkind['\"]?\s*[:=]\s*['\"]?Secret\b|kubernetes_secret\w*", re.IGNORECASE)
_TAGS = frozenset(
    ("!", *(f"tag:yaml.org,2002:{each}" for each in ("str", "int", "float", "bool", "null", "map", "seq", "timestamp")))
)
_SCALAR = re.compile(rf"(?:{_CLUSTER_WORDS}|Secret)", re.IGNORECASE)


def calls(text: str) -> Counter[str]:
    """Calls in a template that could read files, each with its arguments; none where nothing is a template."""
    if not _TEMPLATE.search(text):
        return Counter()
    return Counter(f"{found[0]}{_arguments(text, found.end())}" for found in _CALL.finditer(text))


def _arguments(text: str, at: int) -> str:
    """Up to the brace that closes the first one, or to the end."""
    depth = 0
    for end in range(at, len(text)):
        depth += {"(": 1, ")": -1}.get(text[end], 0)
        if text[end] == ")" and depth <= 0:
            return text[at : end + 1]
    return text[at:]


def environment(text: str) -> Counter[str]:
    """Names of environment variables that steer Terraform."""
    return Counter(_ENV.findall(text))


def hidden(text: str) -> Counter[str]:
    """Letters that people cannot see."""
    return Counter(_HIDDEN.findall(text))


def secrets(text: str) -> Counter[str]:
    """Where a value is taken from that is a secret."""
    return Counter(_TAKES.findall(text))


def cluster(text: str) -> Counter[str]:
    """Words of manifests that give rights, hold secrets, or reach out of a container; escaped letters are read."""
    text = _ESCAPED.sub(lambda found: chr(min(int(found[1] or found[2], 16), 0x10FFFF)), text)
    return Counter(each.casefold() for each in (*_CLUSTER.findall(text), *_SECRET.findall(text)))


def manifest(text: str) -> Counter[str]:
    """The same of a YAML file, whatever quotes and escapes stand around them. Raises Unreadable.

    A file with template directives is no YAML yet, so only its text is looked at.
    """
    words = cluster(text)
    if "%{" not in text and "${" not in text:
        for value in _scalars(text):
            if _SCALAR.fullmatch(value):
                words[f"scalar {value.casefold()}"] += 1
    return words


def _scalars(text: str) -> Iterator[str]:
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            tag = getattr(event, "tag", None)
            if tag and tag not in _TAGS:
                raise Unreadable(f"it has a tag ({tag[-40:]}) that is not known")
            if isinstance(event, yaml.ScalarEvent):
                yield event.value
    except yaml.YAMLError as error:
        raise Unreadable("it is not valid YAML") from error
