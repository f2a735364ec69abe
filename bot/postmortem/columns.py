"""Which columns of a table are which, and whether its rows are action items at all."""

import re
from collections.abc import Sequence

from bot.incident.model import Frozen
from bot.postmortem.blocks import Table
from bot.postmortem.marks import status
from bot.postmortem.model import Status
from bot.postmortem.sections import Section
from bot.postmortem.words import listed, phrases, plain

_ROLES: dict[str, tuple[str, ...]] = {
    "action": listed("""
        action, actions, action item, action items, task, tasks, todo, to do, to-do, follow-up, follow up, followup,
        follow-ups, recommendation, recommendations, improvement, remediation, corrective action, preventive action,
        next step, required action, planned action, proposed action, mitigation action
    """),
    "thing": listed("""
        what, item, fix, change, mitigation, description, step, measure, work, proposed fix, work item, title,
        summary, prevention
    """),
    "type": listed("""
        type, kind, category, class, action type
    """),
    "priority": listed("""
        priority, prio, pri, p, importance, urgency
    """),
    "status": listed("""
        status, state, done, done?, progress, completed, implemented
    """),
    "details": listed("""
        details, detail, notes, note, comment, comments, draft change, draft alert/monitor, draft alert, file,
        files, how, why, rationale, description, purpose, reason, remarks, context, where, scope, stack, change
    """),
    "owner": listed("""
        owner, owners, assignee, assigned to, who, responsible, dri, assigned, lead, person
    """),
    "due": listed("""
        due, due date, deadline, by, by when, when, eta, target, target date, timeline, timeframe, horizon, due by,
        completion date
    """),
    "issue": listed("""
        issue, issue link, ticket, tickets, tracking, tracked, tracked in, link, links, bead, beads, pr, reference,
        ref, github issue
    """),
    "record": listed("""
        commit, commits, implemented by, sha, result, outcome, source
    """),
    "past": listed("""
        time, date, timestamp, gap, event, impact, effect, cause, trigger, alert, metric, field, layer, symptom,
        hypothesis, evidence
    """),
}
#: A cell that says how something stands, though in words that no status has.
_SPEAKS = phrases(
    "^open | ^to ?do | ^done | ^landed | ^staged | ^deferred | ^tracked | not yet | not in this | not done"
)
_BY_NAME: dict[str, tuple[str, ...]] = {}
for _role, _names in _ROLES.items():
    for _name in _names:
        _BY_NAME[_name] = (*_BY_NAME.get(_name, ()), _role)
#: A column whose name could be several things is the first of these that no other column is.
_ORDER = ("action", "status", "type", "priority", "owner", "due", "thing", "details", "issue", "record", "past")


class Columns(Frozen):
    """Where each part of an item stands in a row, by number from 0; -1 where the table has no such column.

    `twice` says that two columns have one name, so that nobody can tell which of them counts.
    """

    count: int
    action: int = -1
    type: int = -1
    priority: int = -1
    status: int = -1
    details: tuple[int, ...] = ()
    owner: int = -1
    due: int = -1
    issue: int = -1
    twice: bool = False


def columns(table: Table, section: Section) -> Columns | None:
    """The table's columns if its rows are action items, given what its heading promises; None if they are not."""
    roles = _roles(table.head)
    named, thing = roles.get("action", -1), roles.get("thing", -1)
    place = named if named >= 0 else thing
    if place < 0 or section is Section.EXAMPLE:
        return None
    if not _means_items(table, roles, section, strong=named >= 0):
        return None
    names = [_name_of(head) for head in table.head]
    taken = {place, *(roles.get(role, -1) for role in ("type", "priority", "status", "owner", "due", "issue"))}
    return Columns(
        count=len(table.head),
        action=place,
        type=roles.get("type", -1),
        priority=roles.get("priority", -1),
        status=roles.get("status", -1),
        details=tuple(n for n in range(len(names)) if n not in taken and names[n] not in {"#", "id", "no", "nr", ""}),
        owner=roles.get("owner", -1),
        due=roles.get("due", -1),
        issue=roles.get("issue", -1),
        twice=len({name for name in names if name}) < len([name for name in names if name])
        or sum(set(_BY_NAME.get(name, ())) == {"status"} for name in names) > 1
        or sum(set(_BY_NAME.get(name, ())) == {"type"} or name == "type" for name in names) > 1,
    )


def _roles(head: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    free = {number: _BY_NAME.get(_name_of(name), ()) for number, name in enumerate(head)}
    for role in _ORDER:
        fitting = [number for number, roles in free.items() if role in roles]
        if fitting:
            found[role] = fitting[0]
            if role not in {"record", "past"}:
                del free[fitting[0]]
    return found


def _name_of(head: str) -> str:
    return re.sub(r"\s+", " ", plain(head[:80])).casefold().strip(" :.*#") or ("#" if "#" in head else "")


def _means_items(table: Table, roles: dict[str, int], section: Section, *, strong: bool) -> bool:
    """A table with an action is one of items if it also says how they stand, or stands under a plan's heading."""
    has_status = "status" in roles
    if section in {Section.LESSONS, Section.ASIDE} and not (strong and has_status):
        return False
    if "record" in roles and not has_status:
        return False
    if "past" in roles and not (has_status and (strong or section is Section.PLAN)) and section is not Section.PLAN:
        return False
    if section is Section.PLAN:
        return True
    if strong:
        return has_status or any(role in roles for role in ("type", "owner", "due", "priority"))
    return has_status and _mostly_known(table, roles["status"])


def _mostly_known(table: Table, place: int) -> bool:
    cells = [row.cells[place] for row in table.rows if place < len(row.cells)]
    known = [cell for cell in cells if status(cell) is not Status.UNKNOWN or _SPEAKS.search(plain(cell).casefold())]
    return bool(cells) and 2 * len(known) >= len(cells)
