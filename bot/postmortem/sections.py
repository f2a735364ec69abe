"""What a heading promises of the text below it: things to do, things done, lessons, or neither."""

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache

from bot.postmortem.blocks import Heading
from bot.postmortem.words import phrases, plain


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
_NOT_YET = phrases(r"""
    not (?:yet )?(?:been )?(?:done|actioned|implemented|fixed|addressed|started|applied|shipped|deployed|resolved|built)
    | not in this (?:change|commit|pr|fix) | still (?:open|outstanding|pending|missing|needed|to do|to be done)
    | (?:yet )?to be (?:done|implemented)
""")
_OPEN = phrases("todo | to[- ]do | open | pending | planned | proposed | deferred | outstanding | remaining")
_DONE = phrases(r"""
    done | applied | completed? | implemented | shipped | landed | deployed | merged | fixed | resolved | verified
    | documented | taken | closed | finished | (?:in|with|by) this (?:change|commit|pr|mr|session) | ✅ | ✔
""")
_EXAMPLE = phrases(r"^(?:worked )?(?:examples?|templates?|samples?) | (?:example|template|sample)s?$ | checklist")
_WORK = r"(?:actions?|measures?|steps?|items?|work|tasks?|to[- ]?dos?|improvements?|hardening|controls?)"
_TO_COME = (
    "corrective|preventi(?:ve|on)|preventative|remedial|mitigating|long[- ]term|short[- ]term|immediate|remaining"
    "|future|outstanding|open|planned|next|further|additional|recommended|proposed|suggested|post-incident"
)
_PLAN = phrases(rf"""
    action (?:items?|plans?|points?) | ^actions?$ | to[- ]?dos? | next steps? | prevention plan
    | (?:{_TO_COME}) (?:\w+ (?:and|&|/) )?{_WORK} | long[- ]term (?:remediation|fix(?:es)?|plan)$
    | follow[- ]?ups?(?: (?:actions?|items?|work|tasks?|to[- ]?dos?|plan))?(?=\s*(?:$|[(\[:/,;&+—–-]|and\b))
    | (?:{_TO_COME}) fix(?:es)? | (?:remediation|mitigation|hardening) plan | ^plan$
    | ^things to | ^work items | ^tasks?$
    | (?:detection|mitigation|fix) (?:and|&|/|\+) prevention
    | ^prevention(?! of) | ^prevent(?:ing)? (?:a )?(?:recurrence|reoccurrence|this) | prevent recurrence
    | ^improve(?:ments?)?(?: (?:detection|response|prevention|recovery))?$ | improvements?$
    | ^what(?:'?s)? (?:remains|is left|left|next) | ^left (?:open|to do) | ^still open
    | ^(?:remaining|outstanding|pending|backlog|recommendations?|future|deferred|planned|hardening)
""")
_BARE_PREVENTION = re.compile(r"^(?:prevention|prevent(?:ing)?\b.{0,40}|hardening|detection|improvements?)$")
_RECORD = phrases(r"""
    follow[- ]?up implementation | implementation (?:log|record|history) | already done | (?:^|post-fix )verif\w*
    | ^what (?:we|was|got|has been) (?:fixed|done|did|changed|implemented) | changes? made | (?:actions?|steps) taken
""")
_WHICH = "the|permanent|primary|immediate|initial|final|durable|temporary|interim|applied|actual|short-term"
_FIXES = "fix(?:es)?|remediation|resolution|mitigations?|recovery|response|workarounds?|containment|repair|restoration"
_FIX = phrases(rf"^(?:(?:{_WHICH}) )*(?:{_FIXES})")
#: How to do it the next time is a manual, not work.
_PROCEDURE = phrases("procedures? | runbook | playbook | steps | instructions | how ?to | guide")
_LESSONS = phrases(r"""
    lessons? | learn(?:ed|t|ings?) | take-?aways? | went (?:well|wrong|poorly|badly|right) | lucky | could be improved
    | (?:could|can|should) (?:have |be |go |gone )*(?:done )?(?:been )?better | retrospective
""")
_OUT_OF_SCOPE = phrases("out[- ]of[- ]scope | non-?goals? | not (?:chosen|in scope) | rejected | ruled out")
_ASIDE = phrases(r"""
    gaps? | timeline | impact | root[- ]cause | contributing | ^background | ^(?:executive )?summary | ^overview
    | ^detection | ^trigger\w* | ^why | (?:five|5) whys | ^references? | ^related | ^append\w* | ^glossary | pointers?
    | ^supporting | ^symptoms? | ^evidence | ^diagnos\w* | ^investigation | ^what happened | ^how (?:we|it)
    | ^blast radius | runbook | open questions? | questions$ | procedures? | ^lead-?up | ^fault | ^affected
    | ^communications? | ^metrics?
""")
_CHOICE = re.compile(
    r"\b(?:pick|choose|select|one of|either)\b.{0,40}:?$|\boptions?\b.{0,40}:$|\balternatives?\b.{0,20}:$"
    r"|\b(?:two|three|four|several|possible|\d) (?:possible )?(?:paths?|options?|ways?|alternatives?|approaches)\b"
    r".{0,30}:?$"
)
#: Before a list, whether or not it ends with a colon.
_ALL_DONE = phrases(r"""
    (?:all|everything|both|these)(?: \w+)? (?:landed|done|shipped|applied|implemented|completed?|merged|fixed)
    | (?:landed|shipped|applied|implemented|done|fixed) in this (?:change|commit|pr)
    | ^(?:done|completed|already done) so far
""")
_SHORT = 200


def title(heading: str) -> str:
    """The heading's words in lower case, without number and marks."""
    words = plain(heading[:300]).casefold().replace("’", "'")
    return _NUMBER.sub("", words, count=1).strip()


def bare(heading: str) -> str:
    """The same without what stands in brackets."""
    return re.sub(r"\s*[(\[][^()\[\]]*[)\]]", "", title(heading)).strip(" :—–-")


@lru_cache(maxsize=4096)
def promise(heading: str) -> Section:
    """What one heading promises by its own words."""
    words = title(heading)
    name = bare(heading)
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
        if found is Section.EXAMPLE:
            continue
        if own is Section.OTHER:
            found = Section.RECORD if finished(heading.text) else found
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
    marks = " ".join(re.findall(r"[(\[]([^()\[\]]*)[)\]]", words)) + (" done" if re.search("✅|✔|~~", heading) else "")
    return bool(_DONE.search(marks)) and not _NOT_YET.search(marks)


def introduces(text: str) -> Section:
    """What the words before a list promise of it: PLAN, RECORD, EXAMPLE (also alternatives), or OTHER."""
    words = plain(text[-300:]).casefold().strip(" :*")
    if re.search(r"\b(?:for example|e\.g\.|such as)$", words):
        return Section.EXAMPLE
    if _NOT_YET.search(words):
        return Section.PLAN
    own = promise(words)
    if own in {Section.PLAN, Section.RECORD} or not re.search(
        r"^(?:suggest|recommend|remaining|still|to be done)", words
    ):
        return own
    return Section.PLAN


def all_done(text: str) -> bool:
    """Whether a short paragraph says that what the list below it names has been done."""
    words = plain(text).casefold() if len(text) < _SHORT else ""
    return bool(_ALL_DONE.search(words)) and not _NOT_YET.search(words)


def alternatives(text: str) -> bool:
    """Whether the words before a list ask to choose from it."""
    return bool(_CHOICE.search(plain(text[-300:]).casefold()))
