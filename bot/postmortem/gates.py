"""What in an action item's words makes it a person's decision. Words can hold an item; they never free one."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from bot.postmortem.model import Kind
from bot.postmortem.policy import Policy
from bot.postmortem.words import LONGEST, code, judged, listed, outside_code, unreadable

_CALL = re.compile(
    r"(?:\b[A-Z]\w+|\bowner|\badmin|\bteam|\buser)(?:'s|s'|’s) (?:call|choice|decision|discretion|preference|judg)"
    r"|\bup to [A-Z@]\w+|\b(?:ask|with|by|from|for) @\w+|\b[A-Z][a-z]+ (?:to|will|must|should|has to|needs to) "
    r"(?:decide|choose|confirm|approve|pick|say)|\bowner\b.{0,20}\b(?:decid|call|choos|confirm|approv)"
)
_WORD = re.compile(r"\w+")
#: A path that is on machines, not in the repository.
_PATH = re.compile(r"(?<![\w./-])/(?:etc|boot|usr|var|opt|srv|root|dev|sys|proc|mnt|lib|bin|sbin)\b")
_EITHER = re.compile(r"\beither\b([^.;]*?)\bor\b([^.;]*)", re.IGNORECASE)
_VERBS = "|".join(
    listed("""
        add, adopt, adjust, alert, allow, apply, attach, back, block, build, bump, cap, change, configure, create,
        cut, decrease, define, deploy, document, drop, edit, enable, ensure, exclude, expose, extend, fix, give,
        grant, harden, increase, install, keep, limit, lower, make, manage, merge, patch, pin, point, provision, push,
        put, raise, reconfigure, reduce, resize, run, scale, set, shrink, shorten, split, switch, tune, update,
        upsize, use, wire, write
    """)
)
_OR_ELSE = re.compile(rf"\bor (?:else )?(?:to )?(?:{_VERBS})\b", re.IGNORECASE)
_CONDITION = re.compile(
    r"\b(?:once|after|when|as soon as|until|unless|if) (?:\w+ ){1,6}"
    r"(?:is|are|has|have|was|were|lands?|ships?|lets?|allows?|gets?|becomes?)\b|^(?:once|after|unless|if)\b",
    re.IGNORECASE,
)
_WATCHES = re.compile(
    r"\b(?:(?:alert|alarm|monitor|probe|check|rule|metric|page|panel|exporter|query)s?|alerting|monitoring|health-?check"
    r"|notify|notification|dashboard|watch|watchdog|canary|scrape|prometheusrule|slo|heartbeat|detector|keyword)\b",
    re.IGNORECASE,
)
#: Where a clause begins, a verb is an order: "alert on X, then delete Y".
_CLAUSE = r"(?:^|[.;:,!?(+—–]|(?:^|\s)-|\b(?:and|then|also|to|or|must|should|will|please|we|by|plus|&|not)\b)\s*"
_CHANGE = re.compile(
    rf"{_CLAUSE}(?:re)?(?:apply|bump|change|configure|cut|deploy|edit|enable|grow|increase|install|limit|lower|manage"
    r"|modify|patch|pin|provision|raise|reconfigure|reduce|resize|scale|shorten|shrink|switch|tune|upsize|write)\b",
    re.IGNORECASE,
)
_COMMANDS = re.compile(
    r"\bkubectl (?!top\b|get\b|logs\b|describe\b)[a-z-]+|\bhelm (?:upgrade|install|uninstall|rollback|delete)\b"
    r"|\b(?:terraform|terragrunt|tofu|tg) (?:apply|destroy|import|state|taint|plan)\b|\bansible-\w+|\bsudo\b"
    r"|\bvault (?:write|delete|operator|kv|secrets|policy|auth)\b|\bssh \S+@"
    r"|\b(?:qm|pct) (?:reset|stop|start|set|shutdown)\b"
    r"|\bdocker (?:run|rm|stop|kill|exec|restart|system|compose)\b|\bsystemctl \w+|\bcrictl \w+|\betcdctl \w+"
    r"|\b(?:rm|dd|mkfs|reboot|shutdown|halt) -|\b(?:PATCH|PUT|POST|DELETE) /"
    r"|\b(?:DROP|TRUNCATE|ALTER) (?:TABLE|DATABASE|SCHEMA)\b"
)


def reason(policy: Policy, kinds: Sequence[Kind], action: str, details: str) -> str:
    """The first reason in the words why a person must decide, in one sentence; empty where there is none.

    An alert or a monitor only watches, so what it watches may be protected, or hold data; what it changes may not.
    """
    if len(action) + len(details) > LONGEST:
        return f"Its text is longer than {LONGEST} characters, which is too long to be judged by rules."
    if unreadable(action) or unreadable(details):
        return "Its text has letters or marks that the rules cannot read."
    watching = bool(kinds) and set(kinds) <= {Kind.ALERT, Kind.MONITOR}
    return next(_reasons(policy, watching, action, details), "")


def undecided(policy: Policy, headings: Sequence[str]) -> str:
    """The reason why headings leave all below them to a person, `P3 (optional)`; empty where they do not."""
    words = tuple(word for word in (*policy.decision, "deferred", "later", "not now") if word != "propos*")
    found = next((said for heading in headings if (said := _found(words, judged(heading[:300])))), "")
    return f"A heading above it says “{found}”, so a person has to decide." if found else ""


def _reasons(policy: Policy, watching: bool, action: str, details: str) -> Iterator[str]:
    whole = judged(f"{action} . {details}")
    yield from _decisions(policy, watching, action, whole)
    if watching:
        yield from _watched(policy, action, details, whole)
        return
    if found := _found(policy.destructive, whole):
        yield f"It says “{found}”, and what cannot be undone is for a person to start."
    if command := _COMMANDS.search(whole):
        yield f"It has a command to run (“{command[0].strip()}”)."
    if stack := _stack(policy, whole):
        yield f"It touches {stack}, which is protected."
    if found := _found(policy.hosts, whole):
        yield f"It says “{found}”, and machines and the network under everything are for a person."
    if path := _PATH.search(whole):
        yield f"It names “{path[0]}”, and files on machines are for a person."
    if found := _found(policy.data, whole):
        yield f"It says “{found}”, and data, storage and credentials are for a person."
    if condition := _CONDITION.search(whole):
        yield f"It depends on something (“{condition[0].strip()}”)."


def _decisions(policy: Policy, watching: bool, action: str, whole: str) -> Iterator[str]:
    if found := _found(policy.decision, whole):
        yield f"It says “{found}”, so a person has to decide."
    if study := _order(policy.study).search(judged(outside_code(action))):
        yield f"It says “{study[1]}”, and what is found out is for a person to judge."
    if call := _CALL.search(whole):
        yield f"It is somebody's call (“{call[0].strip()}”)."
    for either in _EITHER.finditer(whole):
        # two ways to watch the same thing are no decision
        if not (watching and _WATCHES.search(either[1]) and _WATCHES.search(either[2])):
            yield "It offers a choice (“either … or”), so a person has to decide."
    if choice := _OR_ELSE.search(whole):
        yield f"It offers a choice (“{choice[0]}”), so a person has to decide."
    if judged(action).rstrip().endswith("?"):
        yield "It asks a question, so a person has to decide."


def _watched(policy: Policy, action: str, details: str, whole: str) -> Iterator[str]:
    """An alert or a monitor: orders to change something else, and commands; what it only names may be anything."""
    prose = judged(outside_code(f"{action} . {details}"))
    inside = judged(code(f"{action} {details}"))
    if order := _order(policy.destructive).search(prose):
        yield f"It says “{order[1]}”, which is more than watching."
    if found := _found(policy.destructive, inside):
        yield f"It has “{found}” among its code."
    if command := _COMMANDS.search(whole):
        yield f"It has a command to run (“{command[0].strip()}”)."
    if found := _found(policy.machinery, whole):
        yield f"It says “{found}”, so it needs more than a rule or a check."
    if stack := _folder(policy, whole):
        yield f"It works in {stack}, which is protected."
    if named := _stack(policy, whole) or _found((*policy.hosts, *policy.data), whole):
        if change := _CHANGE.search(prose):
            yield f"It names {named} and says “{change[0].strip(' .,;:(+—–-')}”, which is more than watching."
        if not _WATCHES.search(judged(action)):
            yield f"It names {named}, and its action does not say that it only watches."


def _found(words: tuple[str, ...], text: str) -> str:
    """The first of the words that the text has, as the text writes it; empty where it has none."""
    exact, stems, gaps = _sorted(words)
    spoken = [word for word in _WORD.findall(text) if (low := word.casefold()) in exact or low.startswith(stems)]
    if spoken:
        return str(spoken[0])
    match = gaps.search(text) if gaps else None
    return match[0] if match else ""


@lru_cache(maxsize=64)
def _sorted(words: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...], re.Pattern[str] | None]:
    """Single words, their stems, and those of several words: looking up is faster than trying each at every letter."""
    single = [word for word in words if " " not in word]
    several = tuple(word for word in words if " " in word)
    return (
        frozenset(word for word in single if not word.endswith("*")),
        tuple(word[:-1] for word in single if word.endswith("*")),
        re.compile(rf"(?<!\w)(?:{_choices(several)})(?!\w)", re.IGNORECASE) if several else None,
    )


@lru_cache(maxsize=8)
def _order(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"{_CLAUSE}((?:{_choices(words)})(?!\w))", re.IGNORECASE)


def _choices(words: tuple[str, ...]) -> str:
    return "|".join(re.escape(word).replace(r"\ ", r"[\s_-]+").replace(r"\*", r"\w*") for word in words)


def _stack(policy: Policy, text: str) -> str:
    """The protected stack that a text names: as a folder, as `… stack`, or by a name that is no everyday word."""
    if folder := _folder(policy, text):
        return folder
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text)
    names = tuple(name for name in policy.protected_stacks if name not in policy.everyday)
    match = _names(names).search(apart) if names else None
    return f"the stack {match[0].casefold()}" if match else ""


def _folder(policy: Policy, text: str) -> str:
    match = _folders(policy.protected_stacks).search(text) if policy.protected_stacks else None
    return f"the stack {next(found for found in match.groups() if found).casefold()}" if match else ""


@lru_cache(maxsize=8)
def _names(names: tuple[str, ...]) -> re.Pattern[str]:
    choices = "|".join(re.escape(name).replace(r"\-", r"[\s_-]?") for name in names)
    return re.compile(rf"(?<![A-Za-z0-9])(?:go)?(?:{choices})(?![A-Za-z0-9])", re.IGNORECASE)


@lru_cache(maxsize=8)
def _folders(names: tuple[str, ...]) -> re.Pattern[str]:
    choices = "|".join(re.escape(name) for name in names)
    return re.compile(
        rf"\bstacks?/(?:\.{{0,2}}/)*({choices})(?![\w-])|\b({choices})[\s-]+stacks?\b"
        rf"|\bstacks?[\s:]+[“\"'`]?({choices})(?![\w-])|\bmodules/({choices})(?![\w-])",
        re.IGNORECASE,
    )
