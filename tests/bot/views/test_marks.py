"""What somebody wrote looks exactly as it was typed, by the page's own reading of Slack's mark-up."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views.blocks import clean, safe
from bot.workspace.page.mrkdwn import Reader, to_html

MARKS = st.lists(
    st.sampled_from(["*", "_", "~", "`", "```", ">", "<", "&", "\n", " ", "a", "snake_case", "*bold*", "`x`", "1"]),
    max_size=14,
)


@given(MARKS)
def test_what_somebody_wrote_looks_as_it_was_typed(parts: list[str]) -> None:
    """No mark of theirs becomes bold, code or a quotation, whatever stands around it; lines stay lines."""
    typed = "".join(parts)
    said = f"*INC-1 {safe(typed)}* and more"
    shown = re.sub("<br>\n?", "\n", to_html(said, Reader()).replace("<strong>", "*").replace("</strong>", "*"))
    assert html.unescape(shown).replace("\u2060", "") == f"*INC-1 {clean(typed)}* and more"


@given(MARKS)
def test_marks_of_theirs_leave_ours_whole(parts: list[str]) -> None:
    """A title with marks in it stands in a bold headline that begins and ends where we say."""
    title = "".join(part for part in parts if part != "\n").strip() or "x"
    assert re.fullmatch(r"<strong>INC-1 .*\.</strong> on", to_html(f"*INC-1 {safe(title)}.* on", Reader()))


@pytest.mark.parametrize("text", ["snake_case_name", "2 * 3 * 4", "https://x.example/_next/a_b_/*", "C:\\a_b~1"])
def test_names_paths_and_addresses_can_be_copied(text: str) -> None:
    """Where a mark could not mark anything, nothing is put beside it."""
    assert "\u2060" not in safe(text.removesuffix("*"))
