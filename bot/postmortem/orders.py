"""Whether a line of a list or a paragraph says that something is to be done, is done, or says nothing of the kind."""

import re

from bot.postmortem.words import listed, phrases, plain

_VERBS = frozenset(
    listed("""
        add, adopt, adjust, agree, alert, allow, analyze, analyse, annotate, apply, archive, assess, ask, assign,
        attach, contact, audit, automate, avoid, back, backfill, backport, block, build, bump, buy, cap, capture,
        change, check, clarify, clean, clear, close, codify, collect, comment, compare, configure, confirm, consider,
        consolidate, convert, copy, correct, cover, create, cut, decide, declare, decommission, decouple, define,
        delete, deploy, deprecate, design, detect, disable, discuss, distribute, document, drain, drop, edit,
        eliminate, enable, encrypt, enforce, ensure, escalate, establish, evaluate, examine, exclude, expand, expose,
        extend, extract, feed, figure, file, find, fix, follow, force, gate, generate, get, give, grow, harden, hold,
        identify, implement, import, improve, include, increase, inform, install, instrument, integrate, introduce,
        investigate, isolate, join, keep, land, lift, limit, link, lock, log, look, lower, make, manage, measure,
        merge, migrate, mirror, mitigate, monitor, move, narrow, notify, open, optimize, optimise, order, organize,
        override, pass, patch, pick, pin, plan, port, prevent, probe, promote, propose, protect, prove, provision,
        prune, publish, pull, push, put, raise, re-apply, re-enable, re-run, reach, rebuild, reconcile, reconsider,
        record, recreate, reduce, refactor, regenerate, register, reinstate, relax, remove, rename, reorder, repair,
        replace, replicate, report, reproduce, request, require, research, reserve, resize, resolve, restart, restore,
        restrict, retire, retry, return, reuse, revert, review, revisit, rework, rewrite, roll, rotate, route, run,
        scale, schedule, scrape, script, search, seed, send, separate, serve, set, share, shorten, shrink, shut,
        simplify, size, split, stagger, standardize, start, stop, store, streamline, strengthen, strip, submit,
        support, surface, swap, switch, sync, tag, teach, test, throttle, tighten, trace, track, train, transfer,
        trim, tune, turn, update, upgrade, upsize, use, validate, verify, version, wait, warn, watch, wire, work,
        wrap, write
    """)
)
_ADDRESSED = phrases(r"""
    ^we (?:should|need to|must|want to|have to|could|will|plan to) | ^(?:also |it is |would be )?worth \w+ing | ^should
    | ^needs? to | ^must | ^to be | ^todo | ^to-do | ^tbd | ^someone (?:should|needs)
    | ^\w+ to (?:add|fix|check|write|update|create|file|review)
""")
_ADVERBS = frozenset(
    listed("also, then, finally, first, next, later, please, eventually, optionally, longer-term, long-term")
)
_DONE = (
    "done|applied|completed|implemented|shipped|landed|deployed|merged|fixed|resolved|verified|closed|finished|documented"
    "|already (?:done|in place|exists?)|no action (?:needed|required)|not needed|won't (?:do|fix)|wont-?fix|dropped"
    "|rejected|superseded|obsolete|cancelled|canceled|accepted (?:risk|limitation)|moot|n/a"
)
_FINISHED = re.compile(
    rf"^\W*(?:✅|✔|☑)|(?:✅|✔)\W*$|^\W*(?:{_DONE})\b\s*(?:[:.—–-]|\(|$)"
    rf"|[(\[](?:all |both |now )?(?:{_DONE})\b[^()\[\]]*[)\]]"
    rf"|[:—–-]\s*(?:all |both |now )?(?:{_DONE})\b[^.]{{0,60}}\W*$"
    r"|\b(?:in|with|by) this (?:change|commit|pr|mr|session)\b"
)
_TAKEN_BACK = phrases(r"""
    not (?:yet )?(?:done|applied|implemented|fixed|deployed|built|shipped|in this) | partially | partly | pending | todo
""")
_PAST = phrases(r"""
    ^added | ^applied | ^bumped | ^changed | ^cleaned | ^closed | ^configured | ^corrected | ^created | ^deleted
    | ^deployed | ^disabled | ^documented | ^enabled | ^extended | ^fixed | ^hardened | ^implemented | ^increased
    | ^installed | ^merged | ^migrated | ^moved | ^patched | ^pinned | ^raised | ^reduced | ^removed | ^renamed
    | ^replaced | ^restarted | ^restored | ^reverted | ^rewrote | ^rolled | ^scaled | ^switched | ^updated | ^upgraded
    | ^wrote | ^verified
""")
_NOTHING = re.compile(
    r"^(?:none|nothing) of\b|^(?:none|nothing|n/a|no (?:action|further action|follow-?ups?|open items?)|tbd|\W*)\W*$"
    r"|^no (?:action|changes?) (?:needed|required)"
)
#: What a line says of itself where not every line is to be done.
_SAYS_OPEN = phrases(r"""
    tracked(?! elsewhere) | follow[- ]?ups? | deferred | todo | to be done | not yet | pending | planned
    | future (?:work|pr|change) | still (?:open|to do|needed)
""")
#: How one line stands, set off from what it says: "(deferred)", "— open, with ana", "Not in this change."
_STANDS = (
    r"(?:todo|open|pending|deferred|postponed|planned|staged|tracked|follow[- ]?up|still open"
    r"|not in this (?:change|commit|pr)|(?:discussed\b[^.()]{0,40})?not yet \w+)"
)
_SET_OFF = re.compile(
    rf"[(\[]{_STANDS}\b[^()\[\]]*[)\]]|\s[—–-]\s*{_STANDS}(?:\s*[.,;:—–-]|$)"
    rf"|(?:^|[.!?]\s+){_STANDS}\.?$"
)
_DEFERRED = phrases("deferred | postponed | paused | parked | on hold | for later")
_NUMBERED = re.compile(r"^(?:\[?p[0-3]\]?\b|\(?\d{1,2}[.)]|[a-z][.)]|phase \d+\b|step \d+\b)?[\W_]*")


def ordered(text: str) -> bool:
    """Whether it begins like an order (`Add …`, `We should …`), behind a label or a number at most."""
    words = _lead(text)
    for candidate in (words, words.partition(":")[2].strip()):
        first = candidate.split(" ", 1)[0].strip(",.;:!")
        while first in _ADVERBS and " " in candidate:
            candidate = candidate.split(" ", 1)[1]
            first = candidate.split(" ", 1)[0].strip(",.;:!")
        if first in _VERBS or _ADDRESSED.match(candidate):
            return True
    return False


def finished(text: str) -> bool:
    """Whether a line of a plan says that it is done, or never will be."""
    words = plain(text[:600]).casefold()
    done = bool(_FINISHED.search(words)) or bool(_PAST.match(_lead(text)))
    return struck(text) or bool(_NOTHING.match(words)) or (done and not _TAKEN_BACK.search(words))


def struck(text: str) -> bool:
    """Whether it begins struck out."""
    return text.lstrip("*_ \n").startswith("~~")


def says_open(text: str) -> bool:
    """Whether a line says by itself that it is still to be done."""
    words = plain(text[:2000]).casefold()
    return bool(_SAYS_OPEN.search(words)) and not finished(text)


def set_off(text: str) -> bool:
    """Whether a line says, set off from the rest, that it is still to be done; a remark within it is not enough."""
    words = plain(text[:2000]).casefold()
    return bool(_SET_OFF.search(words)) and not struck(text)


def deferred(text: str) -> bool:
    """Whether a line says that it waits."""
    return bool(_DEFERRED.search(plain(text[:600]).casefold()))


def _lead(text: str) -> str:
    words = plain(text[:300]).casefold().strip()
    return _NUMBERED.sub("", words, count=1)
