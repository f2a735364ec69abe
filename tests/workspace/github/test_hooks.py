"""The stand-in tells what happens as GitHub does, signed and once, and lets people do what they may."""

import hashlib
import hmac
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.errors import Refused
from bot.workspace.github import GitHub
from bot.workspace.github.forms import read
from tests.workspace.github.conftest import MovedClock

pytestmark = pytest.mark.sockets

FORM = """
name: Report
description: Something is down
labels: [user-report]
body:
  - {type: markdown, attributes: {value: Hello}}
  - {type: dropdown, id: service, attributes: {label: "Which?", options: [mail, dns]}, validations: {required: true}}
  - {type: textarea, id: what, attributes: {label: "What?"}}
"""


class Ear:
    """Takes webhooks, and answers what it is told to."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str, bool]] = []
        self.status = 202

    async def hear(self, request: web.Request) -> web.Response:
        body = await request.read()
        wanted = "sha256=" + hmac.new(b"local-webhook-secret", body, hashlib.sha256).hexdigest()
        signed = request.headers["X-Hub-Signature-256"] == wanted
        said = await request.json()
        self.heard.append((request.headers["X-GitHub-Event"], said["action"], signed))
        return web.Response(status=self.status)


@pytest.fixture
async def ear() -> Ear:
    return Ear()


@pytest.fixture
async def github(ear: Ear) -> AsyncIterator[GitHub]:
    """With somebody listening."""
    app = web.Application()
    app.router.add_post("/hook", ear.hear)
    made = GitHub(MovedClock(), people=("ana",))
    async with TestServer(app) as server:
        made.hooks.url = str(server.make_url("/hook"))
        yield made
        await made.close()


async def test_what_happens_is_told_in_order_and_signed(github: GitHub, ear: Ear) -> None:
    """A form filed, a label, a comment, closed and reopened: GitHub's events and actions."""
    github.install(FORM)
    eve, ana = github.visitor("eve"), github.visitor("ana")
    number = eve.file(github.forms[0], "down", {"service": "mail"}).number
    ana.label(number, "sev1")
    ana.unlabel(number, "sev1")
    eve.comment(number, "hello")
    ana.close(number)
    ana.reopen(number, "not yet")
    await github.hooks.settle()
    told = ["opened", "labeled", "labeled", "unlabeled", "created", "closed", "created", "reopened"]
    assert [action for _, action, _ in ear.heard] == told
    assert {event for event, _, _ in ear.heard} == {"issues", "issue_comment"}
    assert all(signed for _, _, signed in ear.heard)
    first = github.hooks.deliveries[0].payload
    assert (first["sender"]["login"], first["issue"]["author_association"]) == ("eve", "NONE")
    assert first["issue"]["body"] == "### Which?\n\nmail\n\n### What?\n\n_No response_"
    assert len({delivery.id for delivery in github.hooks.deliveries}) == len(told)


async def test_a_delivery_can_be_held_and_sent_again(github: GitHub, ear: Ear) -> None:
    """Same id and same bytes; a refusal is kept, and GitHub does not try by itself."""
    github.hooks.held = True
    github.visitor("ana").open("down")
    await github.hooks.settle()
    assert ear.heard == []
    [held] = github.hooks.release()
    ear.status = 503
    assert await github.hooks.deliver(held) == 503
    assert github.hooks.deliveries[0].status == 503
    ear.status = 202
    assert await github.hooks.deliver(held) == 202
    assert [delivery.id for delivery in github.hooks.deliveries] == [held.id]


async def test_nobody_there_is_status_0(github: GitHub) -> None:
    """And nobody waits for it."""
    github.hooks.url = "http://127.0.0.1:1/hook"
    github.visitor("ana").open("down")
    await github.hooks.settle()
    assert [delivery.status for delivery in github.hooks.deliveries] == [0]


async def test_strangers_may_do_little(github: GitHub) -> None:
    """No label, no closing of what is not theirs, no reopening of what others closed."""
    ana, eve = github.visitor("ana"), github.visitor("eve")
    theirs, hers = ana.open("down").number, eve.open("mine", labels=("sev1",)).number
    assert github.repository.issue(hers).labels == []
    with pytest.raises(Refused):
        eve.label(hers, "sev1")
    with pytest.raises(Refused):
        eve.unlabel(hers, "x")
    with pytest.raises(Refused):
        eve.close(theirs)
    eve.close(hers)
    eve.reopen(hers)
    ana.close(hers)
    with pytest.raises(Refused):
        eve.reopen(hers)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: Report", "title: Report"),
        ("labels: [user-report]", "colour: red"),
        ("labels: [user-report]", "labels: ["),
        ("type: dropdown", "type: menu"),
        ("id: service", "id: a b"),
        ('label: "Which?", ', ""),
        ("[mail, dns]", "[mail, mail]"),
        ("[mail, dns]", "[None, dns]"),
        ("id: what", "id: service"),
        ("What?", "Which?"),
    ],
)
def test_a_form_that_github_would_not_show_is_refused(old: str, new: str) -> None:
    """Unknown keys and kinds, missing and repeated names, choices that are none."""
    assert old in FORM
    with pytest.raises(Refused):
        read(FORM.replace(old, new))
