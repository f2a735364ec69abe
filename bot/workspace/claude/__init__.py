"""A Claude on loopback that speaks the Messages API: canned answers for the workspace, scripted ones for tests."""

from bot.workspace.claude.model import Asked, Broken, Failure, Hang, Reply, ToolCall
from bot.workspace.claude.server import LOCAL_KEY, PREFIX, Claude

__all__ = ["LOCAL_KEY", "PREFIX", "Asked", "Broken", "Claude", "Failure", "Hang", "Reply", "ToolCall"]
