"""What may be asked of the repository's history: every path, commit and pattern is checked before git hears of it."""

import re
from pathlib import PurePosixPath

from bot.adapters import git_words
from bot.errors import Permanent, Refused

#: A whole id of a commit, or its beginning.
_ID = re.compile(r"[0-9a-f]{7,40}")
#: As long a pattern is looked for. Characters.
LONGEST = 200
#: Repeats that are counted and references to what was found cost without end; what is left is quick, whatever the text.
_COSTLY = re.compile(r"\\[0-9]|[{}]")
#: Files that are made to hold secrets, by their names and by the folders that they are in.
_WITHHELD = re.compile(
    r"\.(?:tfstate|tfvars|pem|key|p12|pfx|jks|keystore|kubeconfig|age|gpg|asc|kdbx)(?:\.|$)|\.(?:enc|sops)\."
    r"|^\.env(?:\.|$)|^\.?(?:netrc|npmrc|pgpass|git-credentials|htpasswd|vault-token|dockercfg)$"
    r"|^id_(?:rsa|dsa|ecdsa|ed25519)$|^(?:kubeconfig|credentials|terraformrc)$|^secrets?\.(?:ya?ml|json|tf|env|txt)$",
    re.IGNORECASE,
)
_PLACES = frozenset({"secret", "secrets", ".ssh", ".gnupg", ".kube", ".aws", ".terraform"})


def path(name: str) -> str:
    """A file or folder from the root of the repository, without a slash at its end; raises Refused for all else."""
    plain = name.strip().removesuffix("/")
    odd = plain.startswith(("-", ":", "/", "~")) or "\\" in plain
    try:
        if not odd:
            return git_words.path(plain)
    except Permanent:
        pass
    raise Refused(
        f"“{name[:80]}” is no path in the repository. Give one from its root, such as stacks/nextcloud/main.tf."
    )


def id(commit: str) -> str:
    """A commit's id, or its first seven digits or more; raises Refused for a branch, a range and all else."""
    if not _ID.fullmatch(commit):
        raise Refused("Name a commit by its id, at least seven of its digits. Branches and ranges are not read.")
    return commit


def pattern(text: str, *, regular: bool) -> str:
    """One line to look for; a `regular` one is a simple extended regular expression. Raises Refused."""
    if not text.strip() or not text.isprintable() or len(text) > LONGEST:
        raise Refused(f"Look for one line of at most {LONGEST} characters.")
    if regular and _COSTLY.search(text):
        raise Refused("Leave out { } and references such as \\1, or look for a fixed text instead.")
    return text


def withheld(name: str) -> bool:
    """Whether a file holds secrets, by its name: it may be named, and what is in it is not shown."""
    found = PurePosixPath(name)
    return bool(_WITHHELD.search(found.name)) or any(part.casefold() in _PLACES for part in found.parts[:-1])
