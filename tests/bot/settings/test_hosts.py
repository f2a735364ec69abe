"""Where links may lead, by the configuration."""

from pathlib import Path

from bot.settings import load
from bot.settings.hosts import hosts
from bot.views.foreign import is_known


def test_links_lead_to_what_is_configured(tmp_path: Path) -> None:
    """Services, pages, Prometheus, GitHub's own pages and Slack; nothing else."""
    (tmp_path / "holdfast.yml").write_text(
        """
services:
  - {name: nextcloud, url: https://cloud.example.com, links: [{name: Logs, url: "https://logs.example.com/x"}]}
  - {name: dns}
links: [{name: Grafana, url: "https://grafana.example.com:3000"}]
"""
    )
    environment = {
        "HOLDFAST_CONFIG": str(tmp_path / "holdfast.yml"),
        "PROMETHEUS_URL": "http://prometheus.example:9090",
    }
    known = hosts(load(environment))
    assert known == {
        ".slack.com",
        "api.github.com",
        "github.com",
        "cloud.example.com",
        "logs.example.com",
        "grafana.example.com",
        "prometheus.example",
    }
    assert is_known("https://github.com/acme/infra/commit/1", known)
    assert not is_known("https://evil.example.com/", known)
