"""The site of post-mortems: what it says of each, where its links lead, and that no text in it does anything."""

from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given

from bot.cli import main
from bot.pages.markdown import to_html
from bot.pages.site import MARK, site
from bot.postmortem.document.name import is_document
from bot.postmortem.policy import Policy
from bot.postmortem.words import listed
from tests.bot.postmortem.test_card import LINES, TABLE
from tests.bot.postmortem.test_properties import MESS


def test_a_page_each_and_an_index_newest_first() -> None:
    """Links between documents lead from page to page; what is no document has none."""
    made = site(
        {"2026-01-01-first.md": LINES, "2026-03-02-mail.md": TABLE, "README.md": "# no", "a b.md": "# no"},
        "Our lessons",
        Policy(),
    )
    assert {name for name in made if name.endswith(".html")} == {
        "index.html",
        "2026-01-01-first.html",
        "2026-03-02-mail.html",
    }
    assert 'href="2026-01-01-first.html#cause"' in made["2026-03-02-mail.html"]
    index = made["index.html"]
    assert index.index("Mail smtp is down") < index.index("Photos do not load")
    assert "1 of 2 action items open" in index
    assert "There is no post-mortem yet" in site({}, "Our lessons", Policy())["index.html"]


class Seen(HTMLParser):
    """Every tag and attribute of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str, str]] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(tag, name, value or "") for name, value in attrs}


TAGS = set(
    listed("""
        h1, h2, h3, h4, h5, h6, p, a, strong, em, s, code, pre, ul, ol, li, blockquote, hr, br, table, thead, tbody, tr,
        th, td, div, input, img, details, summary, sub, sup, kbd, del, ins
    """)
)
ATTRIBUTES = {"href", "rel", "title", "class", "type", "disabled", "checked", "src", "alt", "loading", "style", "start"}


@given(MESS)
def test_no_text_does_anything(content: str) -> None:
    """Whatever a document holds: no script, no style but a column's side, no address that runs."""
    seen = Seen(to_html(content))
    assert seen.tags <= TAGS
    assert {name for _, name, _ in seen.attributes} <= ATTRIBUTES
    for _, name, value in seen.attributes:
        assert name != "style" or value.startswith("text-align:")
        assert not (
            name in {"href", "src"} and value.strip().casefold().startswith(("javascript:", "vbscript:", "data:text"))
        )


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("a <b onclick=x>b</b>", "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>"),
        ("a<br>b", "<p>a<br>b</p>"),
        ("<!-- holdfast:begin facts -->\n\ntext", "<p>text</p>"),
        ("<details>\n\ntext\n\n</details>", "<details>"),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("![graph](https://example.com/a.png)", '<a href="https://example.com/a.png"'),
        ("![graph](a.png)", '<img src="a.png" alt="graph" loading="lazy">'),
        ("- [x] done", '<input type="checkbox" disabled checked>'),
    ],
)
def test_html_and_links_in_a_document(written: str, shown: str) -> None:
    """Comments vanish, harmless tags stay, the rest is text; pictures of elsewhere are links to them."""
    assert shown in to_html(written)


@given(MESS)
def test_any_document_makes_a_site(content: str) -> None:
    """And its index stays one that a browser reads as ours."""
    made = site({"2026-03-02-x.md": content.replace("\ud800", "")}, "T", Policy())
    seen = Seen(made["index.html"])
    assert {value for tag, name, value in seen.attributes if tag == "script"} == {"search.js", ""}


@pytest.mark.parametrize(
    "name", ["README.md", "index.md", "../x.md", "a/b.md", "x.txt", "ä.md", ".hidden.md", "x y.md"]
)
def test_names_that_are_no_documents(name: str) -> None:
    """Nor can they lead out of the folder."""
    assert not is_document(name)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Writes, writes again, takes away pages that have lost their document, and names what it cannot read."""
    documents, into = tmp_path / "post-mortems", tmp_path / "site"
    documents.mkdir()
    (documents / "2026-03-02-mail.md").write_text(TABLE)
    (documents / "2026-01-01-first.md").write_text(LINES)
    assert main(["site", str(documents), str(into), "--title", "Our lessons"]) == 0
    assert (into / MARK).exists()
    assert "Our lessons" in (into / "index.html").read_text()
    (documents / "2026-01-01-first.md").unlink()
    (documents / "2026-02-02-broken.md").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "secret").write_text("nobody's business")
    (documents / "2026-02-03-link.md").symlink_to(tmp_path / "secret")
    assert main(["site", str(documents), str(into)]) == 1
    assert sorted(page.name for page in into.glob("*.html")) == ["2026-03-02-mail.html", "index.html"]
    said = capsys.readouterr()
    assert f"{into}: 1 post-mortem\n" in said.out
    assert "2026-02-02-broken.md cannot be read" in said.err


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is written over; nor is a folder made up that is not there."""
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "index.html").write_text("mine")
    assert main(["site", str(tmp_path), str(theirs)]) == 1
    assert (theirs / "index.html").read_text() == "mine"
    assert "was left as it is" in capsys.readouterr().err
    assert main(["site", str(tmp_path / "nowhere"), str(tmp_path / "new")]) == 1
    assert not (tmp_path / "new").exists()
