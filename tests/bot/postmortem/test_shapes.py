"""Every way people write down what is still to be done is found, and what only looks like it is not."""

import pytest

from bot.postmortem.model import Kind, Priority, Shape, Status
from tests.bot.postmortem.reading import HEAD, only, opened, reading

TYPED = f"## Prevention plan\n\n{HEAD}| P1 | Alert on queue depth | Alert | `depth > 9` for 5m | TODO |\n"


def test_a_typed_row_has_all_its_parts() -> None:
    """The template's own table."""
    item = only(TYPED)
    assert (item.action, item.kinds, item.priority, item.details, item.status, item.shape, item.line, item.safe) == (
        "Alert on queue depth",
        (Kind.ALERT,),
        Priority.P1,
        "`depth > 9` for 5m",
        Status.OPEN,
        Shape.TYPED_ROW,
        5,
        True,
    )


@pytest.mark.parametrize(
    ("table", "actions"),
    [
        ("| Status | Type | Action |\n|---|---|---|\n| TODO | Alert | Alert on a |\n", ["Alert on a"]),
        ("| Priority | Action | Type | File |\n|---|---|---|---|\n| P0 | Alert on a | Alert | x |\n", ["Alert on a"]),
        ("| Action | Status | Details |\n|---|---|---|\n| Pin it | TODO | x |\n| Fix it | Done | |\n", ["Pin it"]),
        ("| Action | Owner | Status |\n|---|---|---|\n| Pin it | ana | Open |\n", ["Pin it"]),
        ("| # | Action | Owner | Priority |\n|---|---|---|---|\n| 1 | Pin it | ana | High |\n", ["Pin it"]),
        ("| Status | Fix |\n|---|---|\n| Done | Pin it |\n| open, with ana | Fix it |\n", ["Fix it"]),
        ("| ID | Action | Owner | Due Date | Status |\n|-|-|-|-|-|\n| 1 | [Action] | [Owner] | | |\n", []),
        ("| Action | Status |\n|---|---|\n| ~~Pin it~~ | TODO |\n| Fix it ✅ | TODO |\n", ["Fix it ✅"]),
        ("| Action | Status |\n|---|---|\n| Pin `a\\|b` | TODO |\n", ["Pin `a|b`"]),
        ("Action | Status\n---|---\nPin it | TODO\n", ["Pin it"]),
        ("| Action | Status |\n|---|---|\n| Pin it | TODO |\nand so on\n", ["Pin it"]),
    ],
)
def test_tables_with_other_columns(table: str, actions: list[str]) -> None:
    """Columns are known by their names, in any order, with or without a status."""
    assert opened(f"## Action items\n\n{table}") == actions


@pytest.mark.parametrize(
    "table",
    [
        "| Time | Action | Owner |\n|---|---|---|\n| 14:00 | Restarted it | ana |\n",
        "| Gap | Impact | Fix |\n|---|---|---|\n| No alert | slow | Add one |\n",
        "| Cause | Fix |\n|---|---|\n| bad port | other port |\n",
        "| Date | Action | Type | Commit | Implemented By |\n|-|-|-|-|-|\n| x | Add it | Alert | a1 | b |\n",
        "| Layer | What |\n|---|---|\n| caps | MemoryMax |\n",
        "| Field | Value |\n|---|---|\n| **Status** | alerting still TODO |\n",
        "| What | Where | Status |\n|---|---|---|\n| a | b | healthy |\n",
    ],
)
def test_tables_that_are_no_plan(table: str) -> None:
    """A timeline, gaps, a record of what was done, and what is only described."""
    assert opened(f"## What it was\n\n{table}") == []


def test_checkboxes_count_wherever_they_stand() -> None:
    """Each by itself, nested ones too; the box says how it stands."""
    nested = "- [ ] one\n  - [x] two\n  - [ ] three\n"
    content = f"## Notes\n\n{nested}* [X] four\n+ [ ] ~~five~~\n- [-] six\n1. [ ] seven (deferred)\n"
    assert opened(content) == ["one", "three", "seven (deferred)"]
    assert [item.status for item in reading(content).items] == [
        Status.OPEN,
        Status.DONE,
        Status.OPEN,
        Status.DONE,
        Status.DROPPED,
        Status.DROPPED,
        Status.DEFERRED,
    ]


@pytest.mark.parametrize(
    "heading",
    [
        "Action items",
        "3. Action Items 🚀",
        "Follow-ups",
        "Follow-up (required before the next release)",
        "Remaining",
        "Next steps",
        "Detection / Prevention Followups",
        "Recommendation (not yet actioned)",
        "Remediation (Pending)",
        "Not yet done",
        "Corrective and preventive actions",
        "Long-term improvements",
        "Outstanding work",
        "Prevention",
        "Detection & prevention",
        "Proposed fixes",
        "What’s left",
    ],
)
def test_bullets_under_a_heading_that_promises_work(heading: str) -> None:
    """Each bullet is one item, unless it says that it is done."""
    done = "- ~~Buy a box~~\n- **Pin it** — done in `a1b2c3d`.\n- Added a test\n- ✅ Wrote it down\n- None\n"
    bullets = f"- Alert on age\n{done}"
    assert opened(f"# Title\n\n## {heading}\n\n{bullets}") == ["Alert on age"]


@pytest.mark.parametrize(
    "heading",
    [
        "Lessons learned",
        "What went well",
        "Follow-up regression: the fix broke another thing",
        "Remediation (applied)",
        "What we fixed",
        "Recovery procedure (next time)",
        "Root cause",
        "Detection gaps",
        "Action items (all landed in this change)",
        "Open questions",
        "Out of scope",
        "Follow-up Implementation",
        "Immediate actions taken",
    ],
)
def test_bullets_under_other_headings(heading: str) -> None:
    """What was learned, done, missed or asked is nothing to do."""
    assert opened(f"# Title\n\n## {heading}\n\n- Check the age\n- Pin the version\n") == []


def test_where_only_some_lines_are_work_each_must_say_so() -> None:
    """Under a heading of two minds."""
    content = (
        "## Out of scope / follow-ups\n\n- **Alerting** (tracked): the age of the lease\n"
        "- **zram**: considered, deferred.\n- **Isolation**: shared. Fine for now.\n- Add a probe\n"
    )
    assert opened(content) == [
        "**Alerting** (tracked): the age of the lease",
        "**zram**: considered, deferred.",
        "Add a probe",
    ]


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("It is stable. **Action (open):** scrape the metrics.", "**Action (open):** scrape the metrics."),
        ("The login failed. The secret is a follow-up.", "The secret is a follow-up."),
        ("Not rebuilt; deferred for separate follow-up.", "Not rebuilt; deferred for separate follow-up."),
        ("Left open: the handicap of one user.", "Left open: the handicap of one user."),
        ("**Permanent fix still in flight**: phase 2.", "**Permanent fix still in flight**: phase 2."),
        ("TODO: find out who pages whom.", "TODO: find out who pages whom."),
    ],
)
def test_running_text_that_calls_itself_work(text: str, action: str) -> None:
    """A sentence is enough, in a paragraph and in a list."""
    assert opened(f"## 2026-05-06: the sweep\n\nIt worked.\n{text}\n") == [action]
    assert opened(f"## 2026-05-06: the sweep\n\n1. First\n   - it worked.\n     {text}\n") == [action]


@pytest.mark.parametrize(
    "text",
    [
        "The upstream issue is still OPEN.",
        "Follow-up: none.",
        "The monitoring follow-up remains open as fix 2.",
        "Remaining `match=true`: 0.",
        "It was deferred.",
        "There is no follow-up.",
        "A follow-up incident came the next day.",
    ],
)
def test_running_text_that_only_sounds_like_work(text: str) -> None:
    """Remarks, pointers and denials are nothing to do."""
    assert opened(f"## The sweep\n\n{text}\n") == []


def test_the_words_before_a_list_can_promise_work() -> None:
    """Or say that it was done, or that one is to be chosen."""
    assert opened("## Alerting\n\nSuggested but not implemented:\n\n- a rate\n- a probe\n") == ["a rate", "a probe"]
    assert opened("## Sweep\n\n**Remaining work:**\n- a rate\n") == ["a rate"]
    assert opened("## Follow-ups\n\nAction taken:\n- a rate\n") == []
    assert opened("## Follow-ups\n\nPick one:\n- (a) keep\n- (b) replace\n") == ["Pick one: - (a) keep - (b) replace"]
    assert opened("## Follow-ups\n\nFor example:\n- a rate\n") == []


def test_a_heading_can_be_the_item() -> None:
    """Where it says how that one thing stands; a list of choices below it is no list of items."""
    content = (
        "## Fixes\n\n### 1. Show the error (DONE)\n\nIt hid it.\n\n### 2. The controller (DEFERRED)\n\n"
        "Two paths possible:\n- **Upgrade** it\n- **Report** it\n\n### 3. Alerting (DEFERRED)\n\nSuggested:\n- a rate\n"
    )
    assert opened(content) == ["2. The controller (DEFERRED)", "a rate"]


def test_a_numbered_order_is_the_item_and_a_finished_one_hides_none() -> None:
    """Below a plan's heading, each thing may have a heading of its own, with what belongs to it."""
    content = (
        "## Action items\n\n### 1. Move the lease\n\n- it is slow\n\n### 2. Pin it (DONE)\n\n- in `x`\n\n"
        "### Permanent fix (not yet done)\n\nThe lease stays.\n\n### Improve detection\n\n- a probe\n"
    )
    assert opened(content) == ["1. Move the lease", "Permanent fix (not yet done)", "a probe"]


@pytest.mark.parametrize(
    ("line", "action"),
    [
        ("- Liveness probe (TODO)", "Liveness probe (TODO)"),
        ("1. **Witness** — open — with ana.", "**Witness** — open — with ana."),
        ("- UPS in order of rank. Not in this change.", "UPS in order of rank."),
        ("- Second UPS — discussed 2026-05-05, not yet built", "Second UPS — discussed 2026-05-05, not yet built"),
        ("- Probe — landed in this change", ""),
        ("- The pods were pending, the port open", ""),
    ],
)
def test_a_line_that_says_how_it_stands(line: str, action: str) -> None:
    """Anywhere but among lessons and causes, set off from what it says."""
    assert opened(f"## Fix status\n\n{line}\n") == ([action] if action else [])
    assert opened(f"## Contributing factors\n\n{line}\n") == []


def test_a_table_of_fixes_with_statuses_in_many_words() -> None:
    """Most of its cells say how things stand, though none in a word of ours."""
    rows = (
        ("open — being addressed apart", "UPS"),
        ("discussed today, not yet built", "NUT"),
        ("Not in this change", "BIOS"),
        ("landed in this change", "Order"),
    )
    table = "| Status | Fix |\n|---|---|\n" + "".join(f"| {status} | {fix} |\n" for status, fix in rows)
    assert opened(f"## The fixes\n\n{table}") == ["UPS", "NUT", "BIOS"]


def test_words_above_a_list_that_say_it_is_done() -> None:
    """Also without a colon."""
    assert opened("## Action items\n\nAll landed in this change.\n\n1. a probe\n2. a rate\n") == []
    assert opened("## Action items\n\nNot all landed in this change.\n\n- [ ] a probe\n") == ["a probe"]


def test_where_only_paragraphs_stand_under_a_plan() -> None:
    """The order may come last."""
    assert opened("## Still open\n\nIt has no probe today. We should add one.\n") == ["It has no probe today."]
    assert opened("## Follow-ups\n\nThese came out of the review.\n\n- a probe\n") == ["a probe"]
    assert opened("## Follow-ups\n\nNothing is left.\n") == []


def test_groups_are_not_items() -> None:
    """A label with a list below it names a group; an item with a list below it has details."""
    item = "- **Docs:**\n  - Update the page\n- Add a canary, which does:\n  - write\n  - read\n"
    found = reading(f"## Action items\n\n{item}").items
    assert [(i.action, i.details) for i in found] == [
        ("Update the page", ""),
        ("Add a canary, which does:", "write read"),
    ]


@pytest.mark.parametrize(
    "hidden",
    [
        f"```\n{TYPED}- [ ] x\n```\n",
        f"~~~markdown\n{TYPED}~~~\n",
        "    - [ ] x\n",
        f"<!--\n{TYPED}- [ ] x\n-->\n",
        "".join(f"> {line}\n" for line in (TYPED + "\n- [ ] x\n").splitlines()),
        f"## Example\n\n- [ ] x\n\n{HEAD}| P1 | Alert on a | Alert | | TODO |\n",
        "## Review checklist\n\n- [ ] All dates are there\n",
    ],
)
def test_what_is_not_meant_is_passed_over(hidden: str) -> None:
    """Code, comments, quotations, examples and checklists."""
    assert reading(f"# Title\n\nText.\n\n{hidden}").items == ()


def test_a_comment_that_markdown_would_show_holds_its_items() -> None:
    """It began in the middle of a line, so it is no comment to Markdown, but somebody meant to hide it."""
    item = only(f"Text <!-- not yet\n\n{TYPED}\n-->\n")
    assert item.reason == "It stands between the marks of a comment."


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_count_the_same_with_every_line_break(newline: str) -> None:
    """Also behind a byte-order mark, and without a last line break."""
    content = "\ufeff# Title\n\n## Action items\n\n- one\n- two".replace("\n", newline)
    assert [(item.action, item.line) for item in reading(content).items] == [("one", 5), ("two", 6)]


def test_identity_is_in_the_words_not_in_the_line() -> None:
    """Emphasis, case and place do not matter; words and figures do; equals are told apart by their order."""
    one = reading("## Action items\n\n- Alert on **age**\n- Pin it\n").items[0].identity
    assert reading("# T\n\n## Action items\n\n- first\n- alert on age\n").items[1].identity == one
    assert only("## Action items\n\n- Alert on age > 5\n").identity.digest != one.digest
    assert only("## Action items\n\n- Alert on < 5\n").identity != only("## Action items\n\n- Alert on > 5\n").identity
    twice = reading("## Action items\n\n- Pin it\n- Pin it\n").items
    assert [item.identity.ordinal for item in twice] == [0, 1]
    assert twice[0].identity.digest == twice[1].identity.digest
