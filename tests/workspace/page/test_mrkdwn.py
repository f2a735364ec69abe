"""Slack's mark-up: what it becomes, and that nothing anybody writes becomes HTML."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.workspace.page import markdown, mrkdwn
from bot.workspace.page.mrkdwn import Reader

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ANA = Reader({"U0ANA": "Ana"}, {"C0ALERTS": ("alerts", "/as/U0ANA/C0ALERTS")}, ZoneInfo("Europe/Madrid"), NOW, "U0ANA")
TEN = int(datetime(2026, 11, 21, 9, 0, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold* _italic_ ~gone~", "<strong>bold</strong> <em>italic</em> <s>gone</s>"),
        ("*bold _both_*", "<strong>bold <em>both</em></strong>"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
        ("`a *b* <c>`", "<code>a *b* &lt;c&gt;</code>"),
        ("```\nx *y*\n```", "<pre>x *y*</pre>"),
        ("one\ntwo", "one<br>\ntwo"),
        ("&gt; said\nthen", "<blockquote>said</blockquote>then"),
        ("• one", "• one"),
        (":fire: :unknown:", "🔥 :unknown:"),
        ("<@U0ANA>", '<span class="mention me">@Ana</span>'),
        ("<@U0NEW|new>", '<span class="mention">@new</span>'),
        ("<#C0ALERTS>", '<a class="mention" href="/as/U0ANA/C0ALERTS">#alerts</a>'),
        ("<#C0SECRET>", '<span class="mention">a private channel</span>'),
        ("<!here>", '<span class="mention">@here</span>'),
        ("&lt;b&gt; &amp;amp;", "&lt;b&gt; &amp;amp;"),
        ("<javascript:alert(1)|x>", "&lt;javascript:alert(1)|x&gt;"),
    ],
)
def test_what_it_becomes(text: str, html: str) -> None:
    """Each piece of mark-up becomes the HTML that looks like it in Slack."""
    assert mrkdwn.to_html(text, ANA) == html


def test_a_link_opens_beside_us() -> None:
    """A link keeps its address and says so to the browser."""
    html = mrkdwn.to_html("<https://a.example/?x=1&amp;y=2|the *page*>", ANA)
    assert 'href="https://a.example/?x=1&amp;y=2" target="_blank" rel="noopener noreferrer"' in html


def test_a_bare_address_is_a_link_without_its_full_stop() -> None:
    """Slack links what looks like an address, and leaves the sentence its punctuation."""
    html = mrkdwn.to_html("see https://a.example/x_y_z. Thanks", ANA)
    assert html.endswith(">https://a.example/x_y_z</a>. Thanks")


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("{date_short_pretty} {time}", "today 10:00"),
        ("{date_long}", "Saturday, November 21st, 2026"),
        ("{date_num} {time_secs}", "2026-11-21 10:00:00"),
        ("{ago}", "3 hours ago"),
        ("{what}", "{what}"),
    ],
)
def test_a_date_is_in_the_readers_words_and_zone(form: str, words: str) -> None:
    """Everybody sees a moment in their own zone."""
    assert f">{words}</time>" in mrkdwn.to_html(f"<!date^{TEN}^{form}|fallback>", ANA)


def test_a_date_that_is_none_falls_back() -> None:
    """What cannot be a moment shows its fallback."""
    assert mrkdwn.to_html("<!date^soon^{time}|later>", ANA) == "later"
    assert mrkdwn.to_html(f"<!date^{10**30}^{{time}}|later>", ANA) == "later"


MARKS = st.sampled_from(
    [*"*_~`<>|&\"'@#!:^ \n", "```", "<@", "<!date^1^", "javascript:", "<script>", "https://x", "&lt;"]
)
HOSTILE = st.lists(MARKS | st.text(max_size=4), max_size=30).map("".join)
TAGS = re.compile(r"</?(?:strong|em|s|code|pre|blockquote|br|span|a|time)(?: [a-z]+=\"[^\"<>]*\")*>")


@given(HOSTILE)
def test_nothing_anybody_writes_becomes_html(text: str) -> None:
    """Outside the tags that we make ourselves no angle bracket is left, and no link leads to a script."""
    html = str(mrkdwn.to_html(text, ANA))
    assert not re.search(r"[<>]", TAGS.sub("", html))
    assert all(re.match(r"(?i)https?:|mailto:|/as/", url) for url in re.findall(r'href="([^"]*)"', html))


@given(HOSTILE)
def test_plain_text_and_lines_are_kept(text: str) -> None:
    """A plain_text object shows exactly what was written, but for emoji."""
    html = mrkdwn.text_object({"type": "plain_text", "text": text}, ANA)
    assert not re.search(r"<(?!br>)", html)


@given(HOSTILE | st.sampled_from(["<img src=x onerror=alert(1)>", "[a](javascript:alert(1))", "<!-- --><script>"]))
def test_an_issue_cannot_bring_html_either(text: str) -> None:
    """GitHub's Markdown keeps raw HTML as text."""
    html = str(markdown.to_html(text))
    assert not re.search(r"(?i)<(?:script|img|iframe|svg|style)\b| on[a-z]+=\"|href=\"javascript:", html)


def test_markdown_hides_the_marker_and_shows_tasks() -> None:
    """Comments are for us; people see the list with its ticks."""
    html = markdown.to_html("- [x] room\n- [ ] issue\n\n<!-- holdfast:fx-1 -->")
    assert "holdfast" not in html
    assert '<li class="task"><input type="checkbox" disabled checked> room' in html
