"""A port that is taken is one sentence that names the setting, and the demo finds the bot another one by itself."""

import asyncio
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.workspace.demo import free_port

pytestmark = pytest.mark.sockets


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield int(listening.getsockname()[1])


async def said(folder: Path, *command: str, **environment: str) -> list[str]:
    """What `holdfast` wrote on standard error before it ended with 1."""
    (folder / "holdfast.yml").touch()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *command),
        env=os.environ | {"HOLDFAST_DATA": str(folder), "HOLDFAST_CONFIG": str(folder / "holdfast.yml")} | environment,
        stderr=asyncio.subprocess.PIPE,
    )
    _, errors = await process.communicate()
    assert process.returncode == 1, errors.decode()
    return errors.decode().splitlines()


async def test_run_names_the_port_that_is_taken(tmp_path: Path, taken: int) -> None:
    """And what to do; nothing of how the program is made."""
    secrets = {"SLACK_BOT_TOKEN": "xoxb-1-x", "SLACK_SIGNING_SECRET": "s3cret-s3cret", "GITHUB_TOKEN": "ghp_x"}
    here = {"HOST": "127.0.0.1", "PORT": str(taken), "GITHUB_REPOSITORY": "example/infra", "DATABASE_URL": ""}
    [sentence] = await said(tmp_path, "run", **secrets, **here)
    assert sentence.startswith(f"holdfast: HOST and PORT: 127.0.0.1:{taken} cannot be used (")
    assert sentence.endswith("). Stop whatever listens there, or set PORT to another number.")


async def test_the_demo_names_the_page_s_port_that_is_taken(tmp_path: Path, taken: int) -> None:
    """Somebody may have its address open, so it is not changed silently."""
    [sentence] = await said(tmp_path, "demo", "--port", str(taken))
    assert sentence.startswith(f"holdfast: --port: the workspace's page cannot use port {taken} (")
    assert sentence.endswith("choose another: holdfast demo --port 8066")


def test_the_demo_finds_the_bot_another_port(taken: int) -> None:
    """Near the one that was asked for; that one, where it is free."""
    found = free_port(taken)
    assert taken < found <= taken + 100
    assert free_port(found) == found
