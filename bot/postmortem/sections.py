"""What a heading promises of the text below it: things to do, things done, lessons, or neither."""

import re
from collections.abc import Sequence
from enum import StrEnum

from bot.postmortem.blocks import Heading
from bot.postmortem.words import plain


class Section(StrEnum):
    """How the text under a heading is read."""

    PLAN = "plan"  # what stands here is to be done, unless it says otherwise
    MIXED = "mixed"  # things to do among others: only what says so itself
    FIX = "fix"  # how it was put right: done, unless it says otherwise
    RECORD = "record"  # done
    LESSONS = "lessons"  # what was learned; nothing to do unless it is called so
    ASIDE = "aside"  # what happened, why, and what was missing; nothing to do unless it is called so
    EXAMPLE = "example"  # not meant
    OTHER = "other"


_NUMBER = re.compile(r"^(?:(?:phase|step|part|fix|item|action)\s+)?[#(]?(?:\d{1,3}(?:\.\d{1,3})*|[a-z])[.):]\s*|^\W+")
_NOT_YET = re.compile(
    r"\b(?:not (?:yet )?(?:been )?(?:done|actioned|implemented|fixed|addressed|started|applied|shipped|deployed|resolved)"
    r"|still (?:open|outstanding|pending|missing|needed|to (?:do|be done))|(?:yet )?to be (?:done|implemented))\b"
)
_OPEN = re.compile(r"\b(?:todo|to[- ]do|open|pending|planned|proposed|deferred|outstanding|remaining)\b")
_DONE = re.compile(
    r"\b(?:done|applied|completed?|implemented|shipped|landed|deployed|merged|fixed|resolved|verified|documented|taken"
    r"|closed|finished)\b|✅|✔"
)
_EXAMPLE = re.compile(r"^(?:worked )?(?:examples?|templates?|samples?)\b|\b(?:example|template|sample)s?$|\bchecklist\b")
_THINGS = r"(?:actions?|measures?|steps?|items?|work|tasks?|to[- ]?dos?|improvements?|hardening|controls?)"
_PLAN = re.compile(
    r"\baction (?:items?|plans?|points?)\b|^actions?$|\bto[- ]?dos?\b|\bnext steps?\b|\bprevention plan\b"
    rf"|\b(?:corrective|preventi(?:ve|on)|preventative|remedial|mitigating|long[- ]term|short[- ]term|immediate|remaining"
    rf"|open|future|outstanding|planned|next|further|additional|recommended|proposed|suggested|post-incident)"
    rf" (?:\w+ (?:and|&|/) )?{_THINGS}\b"
    r"|\bfollow[- ]?ups?(?: (?:actions?|items?|work|tasks?|to[- ]?dos?|plan))?\s*(?:$|[(\[:/,;&+—–-]|\band\b)"
    r"|^prevention\b(?! of)|^prevent(?:ing)? (?:a )?(?:recurrence|reoccurrence|this)\b|\bprevent recurrence\b"
    r"|^improve(?:ments?)?\b(?: (?:detection|response|prevention|recovery))?$|\bimprovements?$"
    r"|^(?:what (?:remains|is left|'?s left|'?s next)|remaining|outstanding|pending|backlog|recommendations?|future|deferred"
    r"|planned|hardening|left (?:open|to do)|still open)\b|\blong[- ]term (?:remediation|fix(?:es)?|plan)$"
)
_BARE_PREVENTION = re.compile(r"^(?:prevention|prevent(?:ing)?\b.{0,40}|hardening|detection|improvements?)$")
_RECORD = re.compile(
    r"\bfollow[- ]?up implementation\b|\bimplementation (?:log|record|history)\b|^what (?:we|was|got|has been) "
    r"(?:fixed|done|did|changed|implemented)\b|\balready done\b|^(?:post-fix )?verif|^verified|\bchanges? made\b"
    r"|\bactions? taken\b|\bsteps taken\b"
)
_FIX = re.compile(
    r"^(?:(?:the|permanent|primary|immediate|initial|final|durable|temporary|interim|applied|actual|short-term) )*"
    r"(?:fix(?:es)?|remediation|resolution|mitigations?|recovery|response|workarounds?|containment|repair|restoration)\b"
)
#: How to do it the next time is a manual, not work.
_PROCEDURE = re.compile(r"\b(?:procedures?|runbook|playbook|steps|instructions|how ?to|guide)\b")
_LESSONS = re.compile(
    r"\blessons?\b|\blearn(?:ed|t|ings?)\b|\btake-?aways?\b|\bwent (?:well|wrong|poorly|badly|right)\b|\blucky\b"
    r"|\b(?:could|can|should) (?:have |be |go |gone )*(?:done )?(?:been )?better\b|\bcould be improved\b|\bretrospective\b"
)
_OUT_OF_SCOPE = re.compile(r"\bout[- ]of[- ]scope\b|\bnon-?goals?\b|\bnot (?:chosen|in scope)\b|\brejected\b|\bruled out\b")
_ASIDE = re.compile(
    r"\bgaps?\b|\btimeline\b|\bimpact\b|\broot[- ]cause\b|\bcontributing\b|^background|^(?:executive )?summary\b|^overview"
    r"|^detection\b|^trigger|^why\b|\b(?:five|5) whys\b|^references?\b|^related\b|^append|^glossary|\bpointers?\b"
    r"|^supporting\b|^symptoms?\b|^evidence\b|^diagnos|^investigation\b|^what happened|^how (?:we|it) |^blast radius"
    r"|\bprocedures?\b|\brunbook\b|^lead-?up|^fault\b|^affected\b|^communications?\b|^metrics?\b"
)


def title(heading: str) -> str:
    """The heading's words in lower case, without number and marks."""
    words = plain(heading[:300]).casefold()
    return _NUMBER.sub("", words, count=1).strip()


def promise(heading: str) -> Section:
    """What one heading promises by its own words."""
    words = title(heading)
    name = re.sub(r"\s*[(\[][^()\[\]]*[)\]]", "", words).strip(" :—–-")
    if _EXAMPLE.search(name) and not re.search(r"\baction items?\b", name):
        return Section.EXAMPLE
    if _NOT_YET.search(words):
        return Section.PLAN
    if _RECORD.search(words):
        return Section.RECORD
    planned = bool(_PLAN.search(name) or _PLAN.search(words))
    if _LESSONS.search(name) or _OUT_OF_SCOPE.search(name):
        aside = Section.LESSONS if _LESSONS.search(name) else Section.ASIDE
        return Section.MIXED if planned else aside
    if planned:
        return Section.RECORD if _DONE.search(words) and not _OPEN.search(words) else Section.PLAN
    if _FIX.search(name) and not _PROCEDURE.search(name):
        return _fix(words)
    return Section.ASIDE if _ASIDE.search(name) else Section.OTHER


def _fix(words: str) -> Section:
    if _DONE.search(words):
        return Section.RECORD
    return Section.PLAN if _OPEN.search(words) else Section.FIX


def section(path: Sequence[Heading]) -> Section:
    """What the headings above a text, outermost first, promise together: the innermost that promises anything."""
    found = Section.OTHER
    for heading in path:
        own = promise(heading.text)
        if found is Section.EXAMPLE or own is Section.OTHER:
            continue
        if found in {Section.FIX, Section.RECORD} and _BARE_PREVENTION.match(_after_phase(heading.text)):
            continue
        if found in {Section.LESSONS, Section.PLAN} and own in {Section.ASIDE, Section.FIX}:
            continue
        found = own
    return found


def _after_phase(heading: str) -> str:
    """`Phase 2 — Prevention` is a part of what stands above it, like `Prevention` alone."""
    words = re.sub(r"\s*\([^()]*\)", "", title(heading))
    return re.sub(r"^(?:phase|part|step)\s+\w+\s*[:—–-]*\s*", "", words).strip()


def waiting(heading: str) -> bool:
    """Whether a heading that names one thing says in brackets or at its end that this thing is still to be done."""
    words = title(heading)
    marks = " ".join(re.findall(r"[(\[]([^()\[\]]*)[)\]]", words)) + " " + words.rpartition(" — ")[2] * (" — " in words)
    return bool(_NOT_YET.search(marks) or (_OPEN.search(marks) and not _DONE.search(marks)))


def finished(heading: str) -> bool:
    """Whether a heading that names one thing says in brackets, or by a mark, that it is done."""
    words = title(heading)
    marks = " ".join(re.findall(r"[(\[]([^()\[\]]*)[)\]]", words)) + (" done" if re.search("✅|✔", words) else "")
    return bool(_DONE.search(marks)) and not _NOT_YET.search(marks)


def introduces(text: str) -> Section:
    """What the words before a list promise of it: PLAN, RECORD, EXAMPLE (also alternatives), or OTHER."""
    words = plain(text[-300:]).casefold().strip(" :*")
    if re.search(r"\b(?:for example|e\.g\.|such as)$", words):
        return Section.EXAMPLE
    if _NOT_YET.search(words):
        return Section.PLAN
    own = promise(words)
    if own in {Section.PLAN, Section.RECORD} or not re.search(r"^(?:suggest|recommend|remaining|still|to be done)", words):
        return own
    return Section.PLAN


def alternatives(text: str) -> bool:
    """Whether the words before a list ask to choose from it."""
    return bool(_CHOICE.search(plain(text[-300:]).casefold()))


_CHOICE = re.compile(
    r"\b(?:pick|choose|select|one of|either)\b.{0,40}:?$|\boptions?\b.{0,40}:$|\balternatives?\b.{0,20}:$"
    r"|\b(?:two|three|four|several|possible|\d) (?:possible )?(?:paths?|options?|ways?|alternatives?|approaches)\b.{0,30}:?$"
)
