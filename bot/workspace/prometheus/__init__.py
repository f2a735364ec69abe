"""A Prometheus on loopback: what tests and the demo's panel say, in the words of its HTTP API."""

from bot.workspace.prometheus.server import Prometheus

__all__ = ["Prometheus"]
