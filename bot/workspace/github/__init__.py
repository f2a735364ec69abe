"""A GitHub on loopback that speaks GitHub's REST API, so that the bot files real issues without any account."""

from bot.workspace.github.api import PREFIX
from bot.workspace.github.server import LOCAL_TOKEN, GitHub

__all__ = ["LOCAL_TOKEN", "PREFIX", "GitHub"]
