"""Which hosts are ours, by the configuration: links in what sources and models say lead there or nowhere."""

from urllib.parse import urlsplit

from bot.settings import Settings

#: Where Slack keeps what people said, whatever the workspace is called.
SLACK = ".slack.com"


def hosts(settings: Settings) -> frozenset[str]:
    """Of every address that somebody wrote into the configuration, and of what is always asked."""
    file = settings.file
    given = [settings.prometheus_url, settings.github_api_url, settings.github_api_url.replace("://api.", "://")]
    given += [service.url for service in file.services]
    given += [link.url for link in (*file.links, *(each for service in file.services for each in service.links))]
    given += [file.publish.url]
    return frozenset({SLACK, *filter(None, map(_host, given))})


def _host(url: str) -> str:
    try:
        return urlsplit(url if "//" in url else f"//{url}").hostname or ""
    except ValueError:
        return ""
