"""The quick database of the agents' tests."""

from tests.agents.conftest import empty_ledger, ledger

__all__ = ["empty_ledger", "ledger"]
