"""What a document is called."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bot.postmortem.document.name import file_name, slug

DAY = date(2026, 3, 2)


def test_five_words_in_lower_case() -> None:
    """Letters and digits of ASCII; what has none has a name all the same."""
    assert slug("Nextcloud: 502 on Every Page, since noon") == "nextcloud-502-on-every-page"
    assert slug("Größe der Datei") == "groe-der-datei"
    assert slug("🙂 ../../etc/passwd") == "etc-passwd"
    assert slug("תקלה") == "incident"


def test_a_second_one_of_the_day_is_counted() -> None:
    """Also where the first differs only in case."""
    taken = ["2026-03-02-mail-down.md", "2026-03-02-MAIL-down-2.md", "2026-03-03-mail-down.md"]
    assert file_name(DAY, "Mail down", []) == "2026-03-02-mail-down.md"
    assert file_name(DAY, "Mail down", taken) == "2026-03-02-mail-down-3.md"


@given(st.text(), st.lists(st.text(), max_size=3))
def test_any_title_makes_a_name_that_is_free_and_harmless(title: str, others: list[str]) -> None:
    """No folder, no dots, not too long for any disk."""
    taken = [file_name(DAY, other, []) for other in others]
    name = file_name(DAY, title, taken)
    assert name not in taken
    assert name.startswith("2026-03-02-")
    assert set(name.removesuffix(".md")) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert len(name) < 90
