"""The quick database of the agents' tests."""

from tests.agents.conftest import ledger

__all__ = ["ledger"]
