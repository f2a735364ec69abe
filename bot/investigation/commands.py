"""Which commands may be shown to a person to run: only what is known to look, or to be taken back. The rest is dropped.

The lists name what is allowed, since nobody can list all that destroys or hides; what they do not know is refused.
"""

import re
import shlex
from collections.abc import Mapping, Sequence

from bot.incident.model import Frozen
from bot.incident.text import normalise
from bot.investigation.model import Command

#: Characters of a command.
LONGEST = 300
#: What a shell would read as more than words and plain quotes.
_SHELL = re.compile(r"[;&<>`$\\!(){}\n\r\t*?~#%^]|\|\|")
_SECRET = re.compile(r"secret|credential|passw|token|private", re.IGNORECASE)
_DESTROYS = re.compile(
    r"\brm\s+-\w*[rf]|\bkubectl\s.{0,60}\b(?:delete|drain|apply|patch|edit|exec|replace)\b|\bterraform\s+(?:destroy|apply)"
    r"|\bpush\b.{0,40}(?:--force|-f\b)|--(?:force|auto-approve|no-verify|hard)\b|\|\s*(?:ba|z)?sh\b|\bmkfs|\bdd\s+if="
    r"|\b(?:drop|truncate)\s+(?:table|database|schema)|\bdelete\s+from\b|\bhistory\s+-c|\bhelm\s+(?:uninstall|delete)"
    r"|\bchmod\s+-?R?\s*777|>\s*/dev/sd|\bshred\b|\bwipefs\b|--vacuum",
    re.IGNORECASE | re.DOTALL,
)
#: One word that is neither a flag nor leads out of where one is.
_WORD = re.compile(r"(?!-)(?!.*\.\.)[A-Za-z0-9@._:=,/+ -]{1,120}")
_NAME = r"[a-z0-9][a-z0-9.-]{0,200}"
#: Filters after a pipe, whole: none of them names a file.
_FILTERS = re.compile(
    r"grep( -[ivEFwcn]+| -[ABC] ?\d{1,3})* [^-/\s][^/]*|(head|tail)( -n ?\d{1,4}| -\d{1,4})?|sort( -[rnuhk0-9]+)*"
    r"|uniq( -[cdu])?|wc -l"
)


class Program(Frozen):
    """What of a program may be shown: how its words begin, the flags beside them, and what it is as a whole.

    One of `begins` stands first; then words and flags in any order. One of `whole`, each a regular expression for the
    rest of the line, is enough by itself.
    """

    begins: tuple[str, ...] = ()
    flags: str = r"(?!)"
    whole: tuple[str, ...] = ()


_KUBECTL_FLAGS = (
    r"-n|--namespace(=.+)?|-A|--all-namespaces|-l|--selector(=.+)?|-o|-o(wide|json|yaml|name)|--previous|-p|-c"
    r"|--output=(wide|json|yaml|name)|--container(=.+)?|--all-containers(=true)?|--since=\d{1,4}[smh]|--tail=\d{1,5}"
    r"|--timestamps|--sort-by=\.[A-Za-z.]+|--field-selector=[A-Za-z.,=]+|--show-labels|--containers|--types=[A-Za-z,]+"
    r"|--for=[A-Za-z0-9./-]+|--revision=\d{1,5}|--limit=\d{1,4}"
)
_SPACE = rf"( -n {_NAME}| --namespace={_NAME})?"
_WHAT = r"(deployment|deploy|statefulset|sts|daemonset|ds)"
_PROGRAMS: Mapping[str, Program] = {
    "kubectl": Program(
        begins=("get", "describe", "logs", "top", "events", "rollout status", "rollout history"),
        flags=_KUBECTL_FLAGS,
        whole=(
            rf"rollout (undo|restart|pause|resume) {_WHAT}[/ ]{_NAME}{_SPACE}( --to-revision=\d{{1,5}})?",
            rf"scale {_WHAT}[/ ]{_NAME}{_SPACE} --replicas=[1-9]\d?{_SPACE}",
            # its controller makes another
            rf"delete pod[/ ]{_NAME} -n {_NAME}",
            rf"(cordon|uncordon) {_NAME}",
        ),
    ),
    "helm": Program(
        begins=("status", "history", "list"),
        flags=r"-n|--namespace(=.+)?|-A|--all-namespaces",
        whole=(rf"rollback {_NAME} \d{{1,5}}{_SPACE}",),
    ),
    "terraform": Program(whole=("plan", "validate", "state list")),
    "git": Program(
        begins=("log", "show", "diff", "blame", "status"),
        flags=r"--oneline|--stat|-p|-n|-\d{1,3}|--since=[^/]+|--until=[^/]+|--name-only|--name-status|--follow|--",
        whole=(r"revert [0-9a-f]{7,40}",),
    ),
    "systemctl": Program(begins=("status", "is-active", "list-units"), flags=r"--failed|--no-pager"),
    "journalctl": Program(begins=("-u", "-k"), flags=r"-n|--since=[^/]+|--until=[^/]+|--no-pager|-b|-p|-u"),
    "df": Program(whole=(r"-[hi]+( /[a-z0-9/._-]*)?",)),
    "free": Program(whole=("-[hm]",)),
    "uptime": Program(whole=("",)),
    "dig": Program(whole=(rf"(\+short )?{_NAME}( @{_NAME})?",)),
    "nslookup": Program(whole=(rf"{_NAME}( {_NAME})?",)),
}


def allowed(command: str) -> bool:
    """Whether a person may be shown it: a single line, one known program, and plain filters after it."""
    if not command or len(command) > LONGEST or command != normalise(command) or _SHELL.search(command):
        return False
    parts = [_split(part) for part in command.split("|")]
    if not all(parts) or any(_SECRET.search(word) for part in parts for word in part):
        return False
    first, *filters = parts
    program = _PROGRAMS.get(first[0])
    if program is None or not all(_FILTERS.fullmatch(" ".join(part)) for part in filters):
        return False
    words = first[1:]
    line = " ".join(words)
    return any(re.fullmatch(whole, line) for whole in program.whole) or _looks(program, words)


def destroys(text: str) -> bool:
    """Whether a text spells out a command that destroys, forces or hides; for prose, which no list can judge."""
    return bool(_DESTROYS.search(normalise(text)))


def sifted(commands: Sequence[Command], most: int) -> tuple[tuple[Command, ...], int]:
    """The first `most` that may be shown, each once, and how many may not."""
    kept: dict[str, Command] = {}
    for each in commands:
        if allowed(each.command):
            kept.setdefault(each.command, each)
    refused = sum(not allowed(each.command) for each in commands)
    return tuple(kept.values())[:most], refused


def _looks(program: Program, words: Sequence[str]) -> bool:
    """Whether it begins as it may, and every other word is a known flag or plain."""
    for begins in (each.split() for each in program.begins):
        if list(words[: len(begins)]) == begins:
            rest = words[len(begins) :]
            return all(_fits(program, word, before) for word, before in zip(rest, ("", *rest), strict=False))
    return False


def _fits(program: Program, word: str, before: str) -> bool:
    if word.startswith("-"):
        return bool(re.fullmatch(program.flags, word))
    if before in ("-o", "--output"):
        return word in {"wide", "json", "yaml", "name"}
    return bool(_WORD.fullmatch(word)) and not word.startswith(("/", "@"))


def _split(part: str) -> list[str]:
    """Its words; none where a quote is open."""
    try:
        return shlex.split(part)
    except ValueError:
        return []
