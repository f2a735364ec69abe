"""What people are told of Terraform's output: how far it is, never what stands in it."""

import pytest

from bot.adapters.terraform_words import heading, is_locked, is_stale, lacks_lock_file, progress
from bot.redact import Redactor

NOBODY = Redactor()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("\x1b[0m\x1b[1mInitializing the backend...\x1b[0m", "Initializing the backend..."),
        ("terraform_data.a: Refreshing state... [id=6f10ae5f]", "terraform_data.a: Refreshing state"),
        ('module.x["a b"].y.z[0]: Creating...', ""),
        ('module.x["a"].y.z[0]: Still creating... [10s elapsed]', 'module.x["a"].y.z[0]: Still creating'),
        ("terraform_data.a: Provisioning with 'local-exec'...", "terraform_data.a: Provisioning"),
        ("terraform_data.a (local-exec): password hush-hush", ""),
        ('  + password = "hush-hush"', ""),
        ("Plan: 1 to add, 0 to change, 0 to destroy.", "Plan: 1 to add, 0 to change, 0 to destroy."),
        ("Apply complete! Resources: 1 added, 0 changed, 0 destroyed.\r",
         "Apply complete! Resources: 1 added, 0 changed, 0 destroyed."),
        ("Outputs:", ""),
        ('x = "hush-hush"', ""),
        ("", ""),
    ],
)  # fmt: skip
def test_progress_is_of_known_kinds(line: str, told: str) -> None:
    """Steps by their address and Terraform's own few sentences; values and what provisioners print are left out."""
    assert progress(line, NOBODY) == told


def test_a_known_secret_is_masked_and_a_long_line_cut() -> None:
    """Also in an address, and in an error."""
    knowing = Redactor(("hush-hush",))
    assert progress("a.hush-hush: Creating...", knowing) == "a.***: Creating"
    assert heading("Error: hush-hush is bad", knowing) == "*** is bad"
    assert len(heading(f"Error: {'x' * 500}", NOBODY)) == 201
    assert heading("Error: a\x07b\u202ec", NOBODY) == "abc"


def test_the_heading_of_an_error_and_its_kind() -> None:
    """The first one, without the frame and colours around it; a sentence over two lines is known too."""
    frame = "\x1b[31m╷\x1b[0m\n│ \x1b[1m\x1b[31mError: \x1b[0m\x1b[1mSaved plan is stale\x1b[0m\n│ \n│ words\n╵\n"
    framed = f"{frame}│ Error: other\n"
    assert heading(framed, NOBODY) == "Saved plan is stale"
    assert is_stale(framed)
    assert not is_stale("Error: something else")
    assert heading("no heading\n", NOBODY) == ""
    assert is_locked("│ Error: Error acquiring the\n│ state lock\n")
    assert lacks_lock_file("│ Error: Provider dependency changes detected\n")
