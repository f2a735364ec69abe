"""An apply that does not come to its end, or that outlives us."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from bot.adapters.terraform import Terraform
from bot.errors import Permanent, Temporary, Unsure
from tests.bot.adapters.infra import ID, STACK, Infra, needs_terraform
from tests.bot.adapters.test_process import running


@pytest.fixture
def infra(tmp_path: Path) -> Infra:
    needs_terraform()
    return Infra(tmp_path, slow(tmp_path))


def slow(tmp_path: Path) -> str:
    """A stack whose apply waits for a file."""
    return f"""
resource "terraform_data" "a" {{
  provisioner "local-exec" {{
    command = "echo $PPID > {tmp_path}/began; while ! test -e {tmp_path}/go; do sleep 0.05; done"
  }}
}}
"""


async def began(tmp_path: Path) -> int:
    """Wait until it is in the middle; Terraform's own process."""
    while not (text := (tmp_path / "began").read_text() if (tmp_path / "began").exists() else ""):
        await asyncio.sleep(0.02)
    return int(text)


async def ended(terraform: Terraform) -> None:
    """Wait until nothing of it runs any more: who is killed goes a moment later."""
    while await terraform.is_running(ID):
        await asyncio.sleep(0.02)


async def test_killed_in_the_middle(infra: Infra, tmp_path: Path) -> None:
    """Nobody knows what is there: it is not called done, nor tried again, and a fresh plan shows what is left."""
    terraform = infra.terraform()
    _, bound = await infra.planned(terraform)
    applying = asyncio.create_task(terraform.apply(ID, bound, STACK, infra.said))
    terraform_id = await began(tmp_path)
    assert await terraform.is_running(ID)
    os.kill(terraform_id, signal.SIGKILL)
    with pytest.raises(Unsure, match="ended in the middle"):
        await applying
    await ended(terraform)
    (tmp_path / "go").touch()
    fresh, bound = await infra.planned(terraform)
    assert fresh.exit_code == 2
    await terraform.apply(ID, bound, STACK, infra.said)


async def test_an_apply_that_takes_too_long_is_stopped_gently(infra: Infra, tmp_path: Path) -> None:
    """Terraform is told to stop, and nothing is left running; it is not known what is there."""
    _, bound = await infra.planned(infra.terraform())
    with pytest.raises(Unsure, match=r"longer than 0\.5 seconds\. Somebody has to look"):
        await infra.terraform(seconds=0.5).apply(ID, bound, STACK, infra.said)
    assert infra.state.exists()
    assert running(str(tmp_path)) == ""


async def test_an_apply_outlives_us(infra: Infra, tmp_path: Path) -> None:
    """We die by kill -9: Terraform goes on to its end and writes its state; till then its folder is left alone."""
    terraform = infra.terraform()
    _, bound = await infra.planned(terraform)
    applying = (
        "import asyncio, sys\nfrom pathlib import Path\nfrom bot.adapters.terraform import Terraform\n"
        "from bot.change.model import Bound\nfrom bot.redact import Redactor\n"
        "async def said(_): pass\n"
        "made = Terraform(('terraform', 'plan'), Path(sys.argv[1]), {}, {}, Redactor(), 60)\n"
        f"asyncio.run(made.apply({ID!r}, Bound.model_validate_json(sys.argv[2]), {STACK!r}, said))\n"
    )
    argv = [sys.executable, "-c", applying, str(terraform.folder(ID).parent), bound.model_dump_json()]
    _, other = await infra.planned(terraform, "another")
    us = await asyncio.create_subprocess_exec(*argv)
    await began(tmp_path)
    us.kill()
    await us.wait()
    assert await terraform.is_running(ID)
    with pytest.raises(Temporary, match="still at work on this change"):
        await terraform.forget(ID)
    with pytest.raises(Unsure, match="still at work on this change"):
        await terraform.apply(ID, bound, STACK, infra.said)
    with pytest.raises(Permanent, match="Nothing was applied: somebody else works on the state of this stack"):
        await terraform.apply("another", other, STACK, infra.said)
    await terraform.tidy(())
    assert [each.name for each in terraform.folder(ID).parent.iterdir()] == [ID]
    (tmp_path / "go").touch()
    await ended(terraform)
    again = await terraform.again(ID, infra.stacks, bound.commit, STACK, infra.said)
    assert again.exit_code == 0
    await terraform.forget(ID)
