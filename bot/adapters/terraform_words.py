"""What Terraform says, as far as people may read it: how far it is, and the heading of an error. Never a value."""

import re

from bot.redact import Redactor

#: Colours and what else moves a cursor.
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[@-_]")
#: The frame that Terraform draws around an error.
_FRAME = "│╷╵ "
_ERROR = re.compile(r"Error: (.+)")
_STEP = re.compile(
    r"(?P<address>[\w.-]+(?:\[[^\]\s]{1,100}\][\w.-]*)*): (?P<verb>Refreshing state|Preparing import|Importing|Reading"
    r"|Still reading|Read complete|Creating|Still creating|Creation complete|Modifying|Still modifying"
    r"|Modifications complete|Destroying|Still destroying|Destruction complete|Provisioning with)\b.*"
)
#: Lines that hold nothing of the stack's.
_PLAIN = re.compile(
    r"Initializing (?:the backend|modules|provider plugins)\.\.\.|(?:Acquiring|Releasing) state lock\..*"
    r"|Terraform has been successfully initialized!|No changes\. .*|Plan: \d+ to .*|Apply complete! Resources: .*"
)
_LONGEST = 200
_STALE = ("Saved plan is stale", "Saved plan does not match the given state", "Can't change the lineage")
_LOCKED = "Error acquiring the state lock"
_NO_LOCK_FILE = ("Provider dependency changes detected", "Inconsistent dependency lock file")


def progress(line: str, redactor: Redactor) -> str:
    """How far it is, from a line of its output; empty for a line of another kind.

    What provisioners print and what the plan says about values is not handed on, whatever it looks like.
    """
    plain = _ESCAPES.sub("", line).strip()
    if found := _STEP.fullmatch(plain):
        return _short(f"{found['address']}: {found['verb'].removesuffix(' with')}", redactor)
    return _short(plain, redactor) if _PLAIN.fullmatch(plain) else ""


def heading(err: str, redactor: Redactor) -> str:
    """The heading of the first error, without what it was about; empty where there is none."""
    for line in _ESCAPES.sub("", err).splitlines():
        if found := _ERROR.match(line.strip(_FRAME)):
            return _short(found[1], redactor)
    return ""


def is_stale(err: str) -> bool:
    """Whether it refuses a saved plan because the state is another by now."""
    return _any(err, _STALE)


def is_locked(err: str) -> bool:
    """Whether somebody else works on the same state right now."""
    return _any(err, (_LOCKED,))


def lacks_lock_file(err: str) -> bool:
    """Whether the stack's lock file does not name all providers that it needs."""
    return _any(err, _NO_LOCK_FILE)


def _any(err: str, words: tuple[str, ...]) -> bool:
    plain = " ".join(_ESCAPES.sub("", err).translate({ord(c): " " for c in _FRAME}).split())
    return any(word in plain for word in words)


def _short(text: str, redactor: Redactor) -> str:
    printable = "".join(c for c in redactor.text(text) if c.isprintable())
    return printable if len(printable) <= _LONGEST else f"{printable[:_LONGEST]}…"
