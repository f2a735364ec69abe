"""A runbook's file is named by what it is about, and by a number that no other has."""

import pytest

from bot.change.runbook import runbook_name
from tests.bot.change.test_messages import item


@pytest.mark.parametrize(
    ("action", "name"),
    [
        ("Write a runbook for a full disk", "full-disk-t-31.md"),
        ("Document how to restore Vault", "restore-vault-t-31.md"),
        ("Runbook", "runbook-t-31.md"),
        ("../../.github/workflows/`x`.yml", "github-workflows-x-yml-t-31.md"),
        ("אב", "incident-t-31.md"),
    ],
)
def test_a_runbooks_name(action: str, name: str) -> None:
    """A few of its words, and nothing that leads elsewhere."""
    assert runbook_name(item(action)) == name


def test_a_private_incidents_runbook() -> None:
    """Its name says nothing."""
    assert runbook_name(item("Runbook for the merger"), neutral=True) == "runbook-t-31.md"
