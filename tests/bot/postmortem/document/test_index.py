"""The index page: one row a document, in the table that is there, and every other byte stays."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refused
from bot.postmortem.document.index import Entry, with_entry
from tests.bot.postmortem.document.documents import LINE
from tests.bot.postmortem.test_properties import MESS

MAIL = Entry(
    name="2026-03-02-mail.md", title="Mail | down", day=date(2026, 3, 2), severity="SEV2", services="mail, vpn"
)
ROW = "| 2026-03-02 | [Mail \\| down](2026-03-02-mail.md) | SEV2 | mail, vpn |\n"
ENTRIES = st.builds(
    Entry,
    name=st.sampled_from(["2026-03-02-mail.md", "2026-03-03-vpn.md", "a b(c)#d.md"]),
    title=LINE | MESS.map(lambda text: text.replace("\ud800", "")),
    day=st.dates(),
    severity=LINE,
    services=LINE,
)
HEADS = st.sampled_from(
    [
        "| Date | Post-mortem | Severity | Services |\n|---|---|---|---|\n",
        "| Report | Notes | Day |\n|:--|---|--:|\n",
        "Date|Title|Link\n---|---|---\n",
        "| When | What |\n|---|---|\n",
    ]
)
ROWS = st.sampled_from(
    [
        "| 2026-03-02 | [a](2026-03-02-mail.md) |\n",
        "| 2026-05-05 | [b\\|c](b.md) | x \\| y | z |\n",
        "| [d](2026-01-01-d.md) | noted | 2026-01-01 |\n",
        "| |\n",
        "|x|\n",
    ]
)
PAGES = st.builds(
    lambda before, head, rows, after, end: end.join((before + "\n\n" + head + "".join(rows) + after).split("\n")),
    MESS,
    HEADS,
    st.lists(ROWS, max_size=5),
    st.sampled_from(["", "\n", "\ntext\n", "\n## More\n\n| a | b |\n|---|---|\n"]),
    st.sampled_from(["\n", "\r\n"]),
)


def test_a_page_that_is_not_there_yet() -> None:
    """Is a whole one, and a second entry finds its place in it."""
    page = with_entry(None, MAIL)
    assert page.startswith("# Post-mortems\n\n")
    assert page.endswith(f"| Date | Post-mortem | Severity | Services |\n| --- | --- | --- | --- |\n{ROW}")
    newer = MAIL.model_copy(update={"name": "n.md", "title": "Newer", "day": date(2026, 4, 1)})
    older = MAIL.model_copy(update={"name": "o.md", "title": "Older", "day": date(2025, 4, 1)})
    lines = with_entry(with_entry(page, older), newer).split("\n")[-4:-1]
    assert [line[2:19] for line in lines] == ["2026-04-01 | [New", "2026-03-02 | [Mai", "2025-04-01 | [Old"]


@pytest.mark.parametrize(
    ("page", "row"),
    [
        ("| Post-mortem | Date |\n|---|---|\n@", "| [Mail \\| down](2026-03-02-mail.md) | 2026-03-02 |\n"),
        (
            "| Sev | When | Of | Incident |\n|---|---|---|---|\n| P1 | 2026-04-01 | | [x](x.md) |\n@| | 2026-02-01 |\n",
            "| SEV2 | 2026-03-02 |  | [Mail \\| down](2026-03-02-mail.md) |\n",
        ),
        (
            "| What we call it | Then |\n|---|---|\n| [x](x.md) | 2026-02-01 |\n@| [y](y.md) | 2026-05-01 |\n\nmore\n",
            "| [Mail \\| down](2026-03-02-mail.md) | 2026-03-02 |\n",
        ),
        (
            "# Ours\n\n| A | B |\n|---|---|\n| 1 | 2 |\n\nDate | Title | Link\n---|---|---\n@",
            "| 2026-03-02 | Mail \\| down | [Mail \\| down](2026-03-02-mail.md) |\n",
        ),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_table_of_other_people(page: str, row: str, newline: str) -> None:
    """Its columns are known by what stands in them or by their names, and it keeps its order."""
    page, row = page.replace("\n", newline), row.replace("\n", newline)
    assert with_entry(page.replace("@", ""), MAIL) == page.replace("@", row)


def test_a_page_without_a_last_line_break() -> None:
    """Gets none at its end."""
    page = "| Date | Link |\n|---|---|"
    assert with_entry(page, MAIL) == f"{page}\n| 2026-03-02 | [Mail \\| down](2026-03-02-mail.md) |"


def test_a_row_that_is_there_changes_only_where_it_says_something_else() -> None:
    """In its place, cell by cell; a link that leads there in another way is one."""
    head = "| Date | Post-mortem | Severity | Notes |\n|---|---|---|---|\n"
    page = f"{head}|2026-03-02|[Mail \\| down](./{MAIL.name}#x)|  | a |\n"
    assert with_entry(page, MAIL) == page.replace("|  |", "| SEV2 |")
    silent = MAIL.model_copy(update={"severity": ""})
    assert with_entry(page, silent) == page
    renamed = MAIL.model_copy(update={"title": "Mail", "severity": ""})
    assert with_entry(page, renamed) == page.replace(f"[Mail \\| down](./{MAIL.name}#x)", f"[Mail]({MAIL.name})")
    short = f"| Link | Date |\n|---|---|\n| [x]({MAIL.name}) |\n"
    assert with_entry(short, MAIL).split("\n")[2] == f"| [Mail \\| down]({MAIL.name}) | 2026-03-02 |"


def test_a_page_with_other_tables_only() -> None:
    """Gets ours below, with a heading."""
    page = "# Lessons\n\n| Who | When |\n|---|---|\n| a | b |"
    assert with_entry(page, MAIL).startswith(page + "\n\n## Post-mortems\n\n| Date |")
    with pytest.raises(Refused, match="close it"):
        with_entry("```\nnot closed", MAIL)


@given(st.none() | MESS | PAGES, ENTRIES, ENTRIES)
def test_any_page_gets_one_row_and_loses_nothing(page: str | None, entry: Entry, other: Entry) -> None:
    """Done again it changes nothing; every line that other documents have stays as it is."""
    try:
        once = with_entry(page, entry)
    except Refused:
        return
    assert with_entry(once, entry) == once
    was = page or ""
    if len(once.splitlines()) == len(was.splitlines()):
        pairs = zip(was.splitlines(keepends=True), once.splitlines(keepends=True), strict=True)
        assert sum(a != b for a, b in pairs) <= 1
    else:
        kept = next((n for n, (a, b) in enumerate(zip(was, once, strict=False)) if a != b), len(was))
        assert once.endswith(was[kept:])
    if other.name != entry.name:
        twice = with_entry(once, other)
        assert with_entry(twice, entry) == twice
