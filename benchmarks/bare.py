"""The baseline: a bare AsyncApp with one listener that acks a text. `python -m benchmarks.bare PORT`."""

import os
import sys

from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult


async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
    """From memory, as Holdfast does, so that no call to Slack is measured."""
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token="xoxb-bare", bot_user_id="U0BARE")


async def help_text(ack: AsyncAck) -> None:
    await ack("Help is on its way.")


async def alive(_: web.Request) -> web.Response:
    return web.json_response({})


def main() -> None:
    app = AsyncApp(signing_secret=os.environ["SLACK_SIGNING_SECRET"], authorize=authorize, process_before_response=True)
    app.command("/incident")(help_text)
    served = app.web_app(path="/slack/events")
    served.router.add_get("/readyz", alive)
    web.run_app(served, host="127.0.0.1", port=int(sys.argv[1]), print=None)


if __name__ == "__main__":
    main()
