"""One macro per block and element: what stands in its HTML, and what is never lost."""

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.workspace.page import render
from bot.workspace.page.mrkdwn import Reader
from bot.workspace.page.surface import Surface
from bot.workspace.slack import forms
from tests.workspace.page.kit import CARD, FORM, Json, button, entry, md, option, plain

READER = Reader({"U0BOB": "Bob Osei"}, zone=ZoneInfo("Europe/Madrid"))
PEOPLE = (("U0ANA", "Ana Ruiz"), ("U0BOB", "Bob Osei"))


def shown(blocks: list[Json], **about: Any) -> str:  # Any: fields of Surface
    return str(render.blocks(blocks, Surface("view:V1", READER, people=PEOPLE, **about)))


def test_the_card() -> None:
    """Header, facts, small print and buttons are all there, with what a click needs."""
    html = shown(CARD)
    assert '<div class="block header" role="heading" aria-level="3" id="view_V1-h">🔴 INC-1' in html
    assert "<strong>Severity</strong><br>\nSEV2" in html
    assert "@Bob Osei" in html
    assert "<hr" in html
    assert "⚠️ The issue will follow." in html
    assert 'class="button primary" id="view_V1-a-card.lead" data-block="a" data-action="card.lead"' in html
    assert 'data-value="INC-1"' in html


def test_a_confirmation_stands_beside_its_button() -> None:
    """The question is rendered with the button, so that no script has to write it."""
    html = shown(CARD)
    assert re.search(r'data-confirm>Resolve</button><dialog class="confirm" aria-label="Sure\?">', html)
    assert "<strong>All</strong> hear" in html


def test_inputs_are_labelled_and_described() -> None:
    """A label belongs to its field, a hint and an error describe it, and what may be left out says so."""
    html = shown(FORM["blocks"], errors={"what": "Say a little more."})
    assert '<label for="view_V1-what-a">What do you see?</label>' in html
    assert 'aria-describedby="view_V1-what-hint view_V1-what-error" aria-invalid="true" aria-required="true"' in html
    assert '<p class="error" role="alert" id="view_V1-what-error">Say a little more.</p>' in html
    assert '<legend>Risks <span class="optional">(optional)</span></legend>' in html
    assert html.count("aria-invalid") == 1


def test_what_inputs_hold_is_shown() -> None:
    """First what the form says, then what the person entered."""
    state = forms.initial(FORM["blocks"])
    html = shown(FORM["blocks"], state=state)
    assert '<option value="vault" selected>' in html
    at = datetime.fromtimestamp(1795228200, ZoneInfo("Europe/Madrid"))
    assert f'value="{at:%Y-%m-%dT%H:%M}"' in html
    for block, value in (
        ("service", "nextcloud"),
        ("what", "502 & <b>"),
        ("scope", "all"),
        ("risk", ["data"]),
        ("lead", "U0BOB"),
    ):
        element = next(each["element"] for each in FORM["blocks"] if each["block_id"] == block)
        state[block]["a"] = forms.held(element, value)
    html = shown(FORM["blocks"], state=state)
    assert '<option value="nextcloud" selected>' in html
    assert "502 &amp; &lt;b&gt;</textarea>" in html
    assert re.search(r'value="all" [^>]*checked', html)
    assert re.search(r'value="data" [^>]*checked', html)
    assert '<option value="U0BOB" selected>Bob Osei</option>' in html


@pytest.mark.parametrize(
    ("element", "piece"),
    [
        ({"type": "email_text_input"}, 'type="email"'),
        ({"type": "url_text_input"}, 'type="url"'),
        ({"type": "number_input", "is_decimal_allowed": False, "min_value": "1"}, 'step="1" min="1"'),
        ({"type": "datepicker", "initial_date": "2026-11-21"}, 'type="date" id="view_V1-b-a" value="2026-11-21"'),
        ({"type": "timepicker", "initial_time": "13:37"}, 'value="13:37"'),
        ({"type": "multi_static_select", "options": [option("EU", "eu")]}, 'type="checkbox"'),
        ({"type": "multi_users_select", "initial_users": ["U0ANA"]}, "checked"),
        ({"type": "file_input", "filetypes": ["png", "jpg"]}, 'accept=".png,.jpg" multiple'),
        ({"type": "plain_text_input", "max_length": 80, "focus_on_load": True}, 'maxlength="80" autofocus'),
    ],
)
def test_each_kind_of_input(element: Json, piece: str) -> None:
    """Every element becomes the browser's own control for it."""
    assert piece in shown([entry("b", "Label", element)])


def test_sections_images_and_menus() -> None:
    """An accessory stands beside its text; an image says what it shows; an overflow menu lists its choices."""
    menu = {"type": "overflow", "action_id": "more", "options": [option("Hide", "hide")]}
    image = {"type": "image", "block_id": "i", "image_url": "https://a.example/x.png", "alt_text": "A chart"}
    html = shown([{"type": "section", "block_id": "s", "text": md("*Hi*"), "accessory": menu}, image])
    assert 'class="block section beside"' in html
    assert 'data-value="hide">Hide</button>' in html
    assert 'alt="A chart"' in html


def test_rich_text() -> None:
    """Styles, lists, quotes and leaves are what they say."""
    leaves = [{"type": "text", "text": "a<b", "style": {"bold": True}}, {"type": "user", "user_id": "U0BOB"}]
    leaves += [{"type": "link", "url": "javascript:x", "text": "no"}, {"type": "emoji", "name": "fire"}]
    section = {"type": "rich_text_section", "elements": leaves}
    listed = {"type": "rich_text_list", "style": "ordered", "elements": [section]}
    code = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x\ny"}]}
    html = shown([{"type": "rich_text", "block_id": "r", "elements": [section, listed, code]}])
    assert '<p><strong>a&lt;b</strong><span class="mention">@Bob Osei</span>no🔥</p>' in html
    assert "<ol" in html
    assert "<pre>x<br>\ny</pre>" in html


def test_only_web_addresses_are_followed() -> None:
    """A button with another kind of address leads nowhere."""
    blocks = [{"type": "actions", "block_id": "a", "elements": [button("Go", "go", url="javascript:alert(1)")]}]
    assert 'href="#"' in shown(blocks)


def test_unset_inputs_hold_nothing() -> None:
    """An empty field is empty text or an empty list, whatever keeps it."""
    at = Surface("view:V1", READER)
    for kind in forms.FIELDS:
        block = entry("b", "L", {"type": kind})
        assert at.held(block, block["element"]) == ([] if kind in forms.SEVERAL else "")


@given(st.text(alphabet="<>\"'&{}%*_a \n", max_size=40))
def test_no_text_of_a_block_becomes_html(text: str) -> None:
    """Whatever stands in a text, a label or a value, the page has as many tags as without it."""
    assert _tags(_everywhere(text)) == _tags(_everywhere("x"))


def _everywhere(text: str) -> list[Json]:
    select = {"type": "static_select", "options": [option(text, text)]}
    return [
        {"type": "header", "block_id": "h", "text": plain(text)},
        entry("b", text, select, hint=plain(text)),
        {"type": "actions", "block_id": "a", "elements": [button(text, "go", value=text)]},
    ]


def _tags(blocks: list[Json]) -> int:
    return shown(blocks).replace("<br>", "").count("<")


def test_what_the_page_does_not_know_is_said() -> None:
    """An element or block without a macro is named, and the rest is still there."""
    html = shown([{"type": "table", "block_id": "t"}, entry("b", "L", {"type": "rich_text_input"}), *CARD])
    assert "The page cannot show a table." in html
    assert "The page cannot show a rich_text_input." in html
    assert "INC-1" in html
