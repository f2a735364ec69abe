"""The HTTP door: only what Slack signed comes in, all of that is answered, and nothing is a fault of ours."""

import asyncio
import gzip
import json
from contextlib import suppress
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.views.ids import Form
from handlers.slack.receive import LARGEST, BadRequestError, check_signature, parse
from tests.handlers.slack.ear import slash
from tests.handlers.wire import FORM, JSON, SECRET, signed, wire

sockets = pytest.mark.sockets
HELP = urlencode(slash("help")).encode()
NOW = 1_772_461_800.0


@pytest.mark.parametrize("age", [0, 299, -299, 300, -300])
def test_five_minutes_is_fresh(age: int) -> None:
    """A clock that is a little off, either way, keeps nobody out."""
    at = str(int(NOW - age))
    check_signature(SECRET, at, signed(SECRET, at, b"{}"), b"{}", NOW)


@pytest.mark.parametrize("age", [301, -301, 86_400, -86_400])
def test_more_is_stale(age: int) -> None:
    """A recorded request cannot be played again; one from the future cannot be kept for later."""
    at = str(int(NOW - age))
    with pytest.raises(BadRequestError, match="timestamp"):
        check_signature(SECRET, at, signed(SECRET, at, b"{}"), b"{}", NOW)


@given(st.text(max_size=40) | st.from_regex(r"\A-?[0-9]{1,5000}\Z") | st.sampled_from(["", "٣", "1e9", "inf", "0x1"]))
def test_a_timestamp_that_is_none_is_refused(timestamp: str) -> None:
    """Whatever stands in the header, it is a refusal and no fault."""
    with pytest.raises(BadRequestError, match="timestamp"):
        check_signature(SECRET, timestamp, signed(SECRET, timestamp, b""), b"", 10.0**15)


@given(st.text(max_size=90))
def test_a_signature_that_is_none_is_refused(signature: str) -> None:
    """Not even one that no bytes can stand for."""
    with pytest.raises(BadRequestError, match="signature"):
        check_signature(SECRET, str(int(NOW)), signature, b"{}", NOW)


@given(st.binary(max_size=400), st.sampled_from([JSON, FORM, "text/plain", "multipart/form-data", ""]))
def test_any_bytes_are_read_or_refused(body: bytes, kind: str) -> None:
    """A payload is an object, or the request is refused."""
    with suppress(BadRequestError):
        assert isinstance(parse(kind, body), dict)


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_any_json_is_read_or_refused(value: object) -> None:
    """Over both envelopes; an object comes back as it was sent."""
    for kind, body in ((JSON, json.dumps(value)), (FORM, urlencode({"payload": json.dumps(value)}))):
        try:
            assert repr(parse(kind, body.encode())) == repr(value)
        except BadRequestError:
            assert not isinstance(value, dict)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"X-Slack-Signature": "v0=" + "0" * 64}, "signature"),
        ({"X-Slack-Signature": ""}, "signature"),
        ({"X-Slack-Signature": "v0=é"}, "signature"),
        ({"X-Slack-Request-Timestamp": ""}, "timestamp"),
        ({"X-Slack-Request-Timestamp": "yesterday"}, "timestamp"),
        ({"X-Slack-Request-Timestamp": "9" * 400}, "timestamp"),
        ({"X-Slack-Request-Timestamp": "9" * 5000}, "timestamp"),
        ({"X-Slack-Request-Timestamp": "-1"}, "timestamp"),
    ],
    ids=repr,
)
@sockets
async def test_what_slack_did_not_sign_stays_outside(changed: dict[str, str], sentence: str) -> None:
    """A plain 401 with its reason, nothing started, and the next request is served."""
    async with wire() as here:
        answer = await here.post(HELP, FORM, changed=changed)
        assert (answer.status, sentence in answer.json["error"]) == (401, True)
        await here.still_serves()


@sockets
async def test_another_secret_and_a_changed_body_stay_outside() -> None:
    """The signature is of these very bytes, with our secret."""
    async with wire() as here:
        assert (await here.post(HELP, FORM, secret="another")).status == 401
        assert (
            await here.post(HELP, FORM, changed={"X-Slack-Signature": signed(SECRET, str(int(NOW)), HELP + b"&a=b")})
        ).status == 401
        assert (await here.post(b'{"type":"url_verification","challenge":"x"}', secret="another")).status == 401
        await here.still_serves()


@pytest.mark.parametrize(("age", "status"), [(299, 200), (-299, 200), (301, 401), (-301, 401)])
@sockets
async def test_the_door_closes_after_five_minutes(age: int, status: int) -> None:
    """The rule on the age of a request, over the wire."""
    async with wire() as here:
        assert (await here.post(HELP, FORM, age=age)).status == status


DEEP = b'{"a":' * 100_000 + b"1" + b"}" * 100_000


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", JSON),
        (b"{", JSON),
        (b"[1, 2]", JSON),
        (b'"text"', JSON),
        (b"null", JSON),
        (b"\xff\xfe\x00", JSON),
        (b'{"a": ' + b"9" * 5000 + b"}", JSON),
        (DEEP, JSON),
        (HELP, "text/plain"),
        (HELP, "multipart/form-data; boundary=x"),
        (HELP, ""),
        (b"payload=", FORM),
        (b"payload=%7B", FORM),
        (b"payload=[]", FORM),
        (b"payload=%00%ff", FORM),
        (b"&".join(b"a%d=1" % n for n in range(200)), FORM),
        (b"payload=" + b"%5B" * 60_000, FORM),
    ],
    ids=lambda value: repr(value)[:30],
)
@sockets
async def test_what_cannot_be_read_is_refused(body: bytes, kind: str) -> None:
    """Signed by Slack or not: a body that is no payload is a 400 that says so."""
    async with wire() as here:
        answer = await here.post(body, kind)
        assert (answer.status, "body" in answer.json["error"]) == (400, True)
        await here.still_serves()


@sockets
async def test_an_empty_form_is_answered() -> None:
    """A form without anything in it is a payload of no kind that we know."""
    async with wire() as here:
        assert (await here.post(b"", FORM)).status < 500
        assert (await here.post(b"=&=&&;", FORM)).status < 500
        await here.still_serves()


@pytest.mark.parametrize("depth", [50, 400, 900, 5000])
@sockets
async def test_depth_is_no_fault(depth: int) -> None:
    """A payload may be nested as deep as it likes: it is read and answered, or refused."""
    body = b'{"type":"block_actions","actions":[],"x":' + b'{"a":' * depth + b"1" + b"}" * depth + b"}"
    async with wire() as here:
        assert (await here.post(body)).status in {200, 400}
        assert (await here.post(urlencode({"payload": body.decode()}).encode(), FORM)).status in {200, 400}
        await here.still_serves()


@pytest.mark.parametrize("size", [LARGEST + 1, 3 * LARGEST])
@sockets
async def test_more_than_slack_ever_sends_is_too_large(size: int) -> None:
    """Refused while it is read; whether it was signed is not even asked."""
    async with wire() as here:
        answer = await here.post(b"x" * size)
        assert (answer.status, answer.json["error"]) == (413, "the request is too large")
        await here.still_serves()


@sockets
async def test_a_text_of_nearly_a_megabyte_is_taken() -> None:
    """The declare form opens, with as much of it as a form holds."""
    async with wire() as here:
        answer = await here.command(slash("nextcloud is down " + "x" * (LARGEST - 1000), trigger="big"))
        assert answer.status == 200
        await here.settle()
        (opened,) = here.here.api.named("views.open")
        assert opened["view"]["callback_id"] == Form.DECLARE
        assert here.here.api.problems == []
        await here.still_serves()


@sockets
async def test_compressed_requests_are_no_way_around_the_limit() -> None:
    """A small request that becomes a huge one is too large; one that only claims to be compressed is refused."""
    async with wire() as here:
        bomb = gzip.compress(b" " * 50 * LARGEST)
        assert (await here.post(bomb, changed={"Content-Encoding": "gzip"})).status in {400, 413}
        assert 400 <= (await here.post(b"not compressed", changed={"Content-Encoding": "gzip"})).status < 500
        await here.still_serves()


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "OPTIONS"])
@sockets
async def test_only_post_is_heard(method: str) -> None:
    """Whoever looks at the address with a browser is told so."""
    async with wire() as here:
        assert (await here.send(method, b"", {})).status == 405
        await here.still_serves()


@sockets
async def test_who_says_nothing_holds_no_line_open() -> None:
    """A body that is promised and does not come is not waited for; no signature is needed to promise one."""
    async with wire(arrival=0.2) as here:
        read, write = await asyncio.open_connection("127.0.0.1", here.client.port)
        write.write(b"POST /slack/events HTTP/1.1\r\nHost: bot\r\nContent-Length: 1000\r\n\r\n{")
        async with asyncio.timeout(5):
            assert await read.readline() == b"HTTP/1.1 408 Request Timeout\r\n"
        write.close()
        await here.still_serves()


@pytest.mark.parametrize(
    "text", ["help payload", "payload=%7B%7D", "what is the payload={} of this?", "payload", '{"payload": "x"}']
)
@sockets
async def test_the_word_payload_in_a_text_is_a_word(text: str) -> None:
    """Slack's library takes a form with that word in it for a click, and answers nobody; we read the form ourselves."""
    async with wire() as here:
        answer = await here.command(slash(text, trigger="p"))
        assert answer.status == 200
        await here.settle()
        assert answer.text or here.here.api.named("views.open")


@sockets
async def test_a_field_that_stands_twice_counts_once() -> None:
    """Two commands in one form are one command."""
    async with wire() as here:
        answer = await here.post(HELP + b"&" + HELP + b"&text=help&text=help&payload=%7B%7D", FORM)
        assert (answer.status, "/incident resolve" in answer.text) == (200, True)


@sockets
async def test_slacks_own_questions_are_answered() -> None:
    """The challenge of a new request URL and the probe of a certificate, signed as all else."""
    async with wire() as here:
        asked = {"type": "url_verification", "token": "t", "challenge": "3eZbrw1aB10FEMAGAZd4FyFQ"}
        assert (await here.event(asked)).json == {"challenge": "3eZbrw1aB10FEMAGAZd4FyFQ"}
        assert (await here.post(b"ssl_check=1&token=t", FORM)).status == 200
