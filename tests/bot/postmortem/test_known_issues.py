"""Known issues are found where people say that they are some, and nowhere else."""

from hypothesis import given
from hypothesis import strategies as st

from bot.postmortem.known_issues import LENGTH, MOST, TITLE, known_issues

LIST = """# Known issues

What we live with.

## CrowdSec hangs in pending-upgrade

Wait ten minutes.

```
# not a heading
```

### When it does not end

Roll back.

## Nodes above 80 %

Expected on Sundays.
"""
DOCUMENT = """# Post-mortem: Nextcloud was slow

## Summary

It was slow.

## Known issues

- The exporter restarts every night.

### The old volume

It fills up by itself.

## Timeline

It began.
"""


def test_a_list_of_known_issues_is_one_a_section() -> None:
    """By its first heading, or by its name alone."""
    titles = ["CrowdSec hangs in pending-upgrade", "When it does not end", "Nodes above 80 %"]
    assert [issue.title for issue in known_issues("x.md", LIST)] == titles
    renamed = LIST.replace("# Known issues", "# What we live with", 1)
    assert [issue.title for issue in known_issues("known-issues.md", renamed)] == titles
    assert known_issues("x.md", renamed) == ()
    assert "# not a heading" in known_issues("x.md", LIST)[0].text


def test_a_section_of_a_document_is_looked_into_and_no_other() -> None:
    """It ends where the next one of its level begins."""
    assert [issue.title for issue in known_issues("2026-01-01-slow.md", DOCUMENT)] == ["The old volume"]
    flat = DOCUMENT.replace("### The old volume", "The old volume")
    (issue,) = known_issues("2026-01-01-slow.md", flat)
    assert issue.title == "- The exporter restarts every night." or issue.title == "The exporter restarts every night."
    assert "fills up" in issue.text
    assert "It began" not in issue.text


def test_what_only_sounds_like_it_is_none() -> None:
    """A word within a word, or in the text, names no issue."""
    assert known_issues("x.md", "# Unknown issues\n\nText.\n") == ()
    assert known_issues("x.md", "# Summary\n\nThis is a known issue.\n") == ()
    assert known_issues("x.md", "") == ()


@given(st.text(), st.text(st.sampled_from("# \n`~a-Known issues"), max_size=400))
def test_no_text_breaks_it_and_none_is_without_end(name: str, content: str) -> None:
    """What is read is bounded, whatever stands there."""
    found = known_issues(name, content)
    assert len(found) <= MOST
    assert all(len(each.title) <= TITLE and 0 < len(each.text) <= LENGTH for each in found)


def test_a_hostile_heading_takes_no_time() -> None:
    """However many blanks and signs stand in it."""
    known_issues("known-issues.md", ("# " + " " * 100_000 + "#" * 100_000 + "\nx\n") * 3)
