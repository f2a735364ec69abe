"""Wires everything; only what is in here imports everything. Nothing happens at import."""

from bot.app.bot import STARTING, Bot, run

__all__ = ["STARTING", "Bot", "run"]
