"""A Claude on the wire and a quick database, as the tests of agents have them."""

from tests.agents.conftest import ledger, wired

__all__ = ["ledger", "wired"]
