"""What is typed after `/incident`, and what becomes of it."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.incident.text import normalise, readable, shorten
from bot.incident.verbs import VERBS, Command, Freeform, Takes, parse


def command(text: str) -> Command:
    """The command that the text is."""
    found = parse(text)
    assert isinstance(found, Command), found
    return found


def test_the_verbs_are_those_of_this_version() -> None:
    """Each with a usage that begins with it and a sentence."""
    assert " ".join(VERBS) == (
        "new list show catchup update severity status lead role handover call escalate ack impact link note timeline "
        "investigate resolve close reopen merge decline private test help"
    )
    assert all(verb.usage.split()[0] == name and verb.summary.endswith(".") for name, verb in VERBS.items())


@pytest.mark.parametrize("written", ["12", "inc-12", "INC-12", "#inc-12-nextcloud", "<#C0ROOM|inc-12-nextcloud-2>"])
def test_every_way_to_write_an_incident(written: str) -> None:
    """Before the rest, after it, or alone."""
    assert command(f"resolve {written} restarted it") == Command(
        verb="resolve",
        ref="INC-12",
        text="restarted it",
        said=readable(f"resolve {written} restarted it"),
        bare=written == "12",
    )
    assert command(f"severity SEV1 {written}").ref == "INC-12"
    assert command(written).model_dump(include={"verb", "ref"}) == {"verb": "show", "ref": "INC-12"}
    if written != "12":
        assert command(f"update all is well {written}").ref == "INC-12"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Freeform(text="")),
        (" \n ", Freeform(text="")),
        ("nextcloud gives 502 since 14:00", Freeform(text="nextcloud gives 502 since 14:00")),
        ("INC-12 is back again", Freeform(text="INC-12 is back again")),
        ("nextcloud", Freeform(text="nextcloud")),
        (
            "<https://x.example.com/a?b=1&amp;c=2|x.example.com> fails",
            Freeform(text="https://x.example.com/a?b=1&c=2 fails"),
        ),
        ("it\u2019s \u201cdown\u201d \u2014 again\x00\u202e", Freeform(text='it\'s "down" - again')),
        ("<@U0ANA|ana> sees &lt;b&gt; in <#C1|general>", Freeform(text="@ana sees <b> in #general")),
        ("LIST", Command(verb="list", said="LIST")),
        (
            "list is empty in Nextcloud",
            Command(verb="list", text="is empty in Nextcloud", said="list is empty in Nextcloud"),
        ),
        ("new mail is stuck", Command(verb="new", text="mail is stuck", said="new mail is stuck")),
        ("help resolve", Command(verb="help", word="resolve", said="help resolve")),
        (
            "severity 12 sev1 two more are down",
            Command(
                verb="severity",
                ref="INC-12",
                word="sev1",
                text="two more are down",
                said="severity 12 sev1 two more are down",
            ),
        ),
        ("status monitoring", Command(verb="status", word="monitoring", said="status monitoring")),
        ("lead <@U0BOB|bob>", Command(verb="lead", person="U0BOB", said="lead @bob")),
        ("lead 12 <@U0BOB>", Command(verb="lead", ref="INC-12", person="U0BOB", said="lead 12 @U0BOB")),
        ("lead", Command(verb="lead", said="lead")),
        (
            "update\nfirst line\nsecond  line",
            Command(verb="update", text="first line\nsecond  line", said="update\nfirst line\nsecond  line"),
        ),
        ("update we restarted 12", Command(verb="update", text="we restarted 12", said="update we restarted 12")),
        (
            "resolve <#C9|general> is quiet",
            Command(verb="resolve", text="#general is quiet", said="resolve #general is quiet"),
        ),
        ("stauts", Command(verb="status", said="stauts", nearest=True)),
        ("reslove", Command(verb="resolve", said="reslove", nearest=True)),
        ("stauts of nextcloud", Freeform(text="stauts of nextcloud")),
        ("update \u0661\u0662 x", Command(verb="update", text="\u0661\u0662 x", said="update \u0661\u0662 x")),
    ],
)
def test_lines(text: str, expected: Command | Freeform) -> None:
    """The verb, the incident, the words; or a report."""
    assert parse(text) == expected


def test_in_a_room_a_number_belongs_to_the_sentence() -> None:
    """`update 3 nodes are back` is not about INC-3; an incident that is spelled out still is."""
    assert command("update 3 nodes are back").in_room_of("INC-12").model_dump(include={"ref", "text"}) == {
        "ref": "INC-12",
        "text": "3 nodes are back",
    }
    assert command("update 12 all is well").in_room_of("INC-12").text == "all is well"
    assert command("update INC-3 all is well").in_room_of("INC-12").ref == "INC-3"
    assert command("severity 3 SEV1").in_room_of("INC-12").ref == "INC-3"


def letters(text: str) -> list[str]:
    """What has to survive: letters, digits and symbols, not the marks around them."""
    return [char for char in text if unicodedata.category(char)[0] in "LNS" and char not in "<>|&`"]


ANYTHING = st.text(max_size=200)
PIECES = st.sampled_from(
    [*VERBS, "12", "INC-9", "<#C1|inc-7-x>", "<@U1|a>", "<https://x|x>", "&amp;", "\n", "\x00", "\u202e"]
)


@given(ANYTHING | st.lists(PIECES | ANYTHING, max_size=8).map(" ".join))
def test_parsing_never_raises_and_keeps_every_word(text: str) -> None:
    """Of anything typed, a report holds every letter; a command carries the whole line."""
    found = parse(text)
    said = found.said if isinstance(found, Command) else found.text
    assert said == readable(normalise(text))
    assert "\x00" not in said
    assert "\u202e" not in said


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf"], exclude_characters="<>&|"), max_size=100))
def test_free_text_is_never_lost(text: str) -> None:
    """Nothing but typing marks changes; no letter, digit or symbol goes missing."""
    kept = [char for char in letters(text) if not re.match("[\u2032\u2033\u2212]", char)]
    assert letters(readable(text)) == kept


@given(st.sampled_from(sorted(VERBS)), st.text(st.characters(categories=["L"]), min_size=1, max_size=30))
def test_the_words_of_a_command_are_kept(verb: str, words: str) -> None:
    """Wherever they go, they are there."""
    found = command(f"{verb} {words} and more")
    assert f"{found.word} {found.text}".split() == [*words.split(), "and", "more"]
    assert bool(found.word) == (VERBS[verb].takes in (Takes.WORD, Takes.ROLE))


def test_a_megabyte_is_read_in_no_time() -> None:
    """No pattern backtracks, whatever is repeated."""
    for piece in ("<", "<#", "<a|", "12 ", "update ", "&amp;", "x"):
        parse("update " + piece * (1_000_000 // len(piece)))


@given(st.text(max_size=300), st.integers(2, 80))
def test_a_shortened_line_fits(text: str, limit: int) -> None:
    """One line, within the limit, and unchanged where it fits."""
    short = shorten(text, limit)
    assert len(short) <= limit
    assert "\n" not in short
    if len(" ".join(text.split())) <= limit:
        assert short == " ".join(text.split())
