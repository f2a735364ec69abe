"""What a model or a stranger wrote calls nobody, leads nowhere, and hides nothing."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views.blocks import Rendered, section
from bot.views.foreign import as_written, exactly, is_known, known_link, said
from bot.workspace.page.mrkdwn import Reader, to_html

HOSTS = frozenset({"git.example.com", ".grafana.example.com"})
HOSTILE = st.sampled_from(
    [
        *(
            "<!channel>",
            "<!here>",
            "<!everyone>",
            "<!subteam^S123|ops>",
            "<@U0ANA>",
            "<#C123|alerts>",
            "@channel",
            "@here",
        ),
        *("<http://evil.example|your report>", "http://evil.example/x", "HTTPS://EVIL.example", "ftp://evil.example"),
        *("![x](http://evil.example/t.png)", "[x](http://evil.example)", "mailto:a@evil.example", "slack://open"),
        *(
            "*bold*",
            "_i_",
            "~s~",
            "`code`",
            "```\nblock\n```",
            "> quote",
            "&lt;!channel&gt;",
            "&amp;lt;",
            "\n\n*Approved*",
        ),
        *(
            "\u202e",
            "\u200b",
            "\u2066",
            "\x00",
            "\x1b[31m",
            "\U000e0041\U000e0042",
            "\u3164",
            "\ufeff",
            "\u00ad",
            "\u2028",
        ),
        *(":\u200b//evil.example", "h\u200bttp://evil.example", "<!date^1^{date}^http://evil.example|x>"),
    ]
)
TEXT = st.lists(st.one_of(st.text(max_size=30), HOSTILE), max_size=8).map("".join)


@given(TEXT, st.integers(20, 400))
def test_no_text_calls_anybody_or_leads_anywhere(text: str, limit: int) -> None:
    """Read as Slack reads it: one line of plain words, without a link, a mention, a mark or a hidden character."""
    shown = said(text, limit)
    html = str(to_html(shown, Reader(people={"U0ANA": "ana"}, channels={"C123": ("alerts", "/c")})))
    assert not any(mark in html for mark in ("<a ", "mention", "<strong", "<em", "<s>", "<code", "<pre", "<blockquote"))
    assert "\n" not in shown
    assert len(shown) <= 2 * limit
    hidden = {char for char in shown if unicodedata.category(char) in {"Cc", "Cf", "Cs"}} - {
        "\u2060",
        "\u200c",
        "\u200d",
    }
    assert {
        char for char in hidden if char in text and ord(char) in {*range(0x200B, 0x2070), *range(0xE0000, 0xE01F0)}
    } == set()


@pytest.mark.parametrize(
    ("url", "known"),
    [
        ("https://git.example.com/x", True),
        ("http://GIT.example.com./x?y#z", True),
        ("https://a.grafana.example.com/d/1", True),
        ("https://grafana.example.com/d/1", False),
        ("https://git.example.com.evil.example/x", False),
        ("https://git.example.com@evil.example/x", False),
        ("https://evil.example\\@git.example.com/x", False),
        ("https://evil.example/git.example.com", False),
        ("https://xgit.example.com/", False),
        ("https://git.example.com%2eevil.example/", False),
        ("https://git.ex\u00e4mple.com/", False),
        ("javascript://git.example.com/%0aalert(1)", False),
        ("//git.example.com/x", False),
        ("https://[git.example.com/", False),
        ("", False),
    ],
)
def test_only_named_hosts_are_linked(url: str, known: bool) -> None:
    """Whatever else the address looks like, it is where it leads to that counts."""
    assert is_known(url, HOSTS) is known
    assert known_link(url, "E-3", HOSTS).startswith("<") is known


@given(TEXT)
def test_a_label_is_no_way_out_of_a_link(label: str) -> None:
    """It ends where the link ends."""
    shown = known_link("https://git.example.com/x", label, HOSTS)
    assert shown.startswith("<https://git.example.com/x|")
    assert shown.count("<") == shown.count(">") == 1
    assert shown.endswith(">")


@given(TEXT)
def test_a_command_is_shown_exactly_or_not_at_all(command: str) -> None:
    """What one reads is what one copies."""
    shown = exactly(command)
    if shown:
        inside = shown.removeprefix("```").removesuffix("```")
        assert inside.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == command.strip()
        assert "```" not in inside


def test_slack_makes_nothing_of_what_looks_like_an_address() -> None:
    """Every text in the message says that it stands as it is, wherever it is in it."""
    shown = as_written(Rendered(text="x", blocks=[section("evil.example and #alerts"), {"a": [{"type": "mrkdwn"}]}]))
    assert shown.blocks[0]["text"]["verbatim"] is True
    assert shown.blocks[1]["a"][0]["verbatim"] is True
