"""What probes see, on real sockets: pages, ports, names, and each way in which there is nothing to be seen."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import unused_port
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bot.adapters.probes import MOST, Prober
from bot.incident.probes import Probe, ProbeKind
from bot.workspace.workspace import Workspace
from tests.clock import START, ManualClock

pytestmark = pytest.mark.sockets


@pytest.fixture
async def prober(clock: ManualClock) -> AsyncIterator[Prober]:
    made = Prober(clock)
    yield made
    await made.close()


@asynccontextmanager
async def served(*routes: web.RouteDef, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """The address of a server with these routes, until the block ends."""
    app = web.Application()
    app.add_routes(routes)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    port = runner.addresses[0][1]
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


def page(path: str, text: str = "", status: int = 200, location: str = "") -> web.RouteDef:
    """A route that answers this."""

    async def answer(request: web.Request) -> web.Response:
        headers = {"Location": location.replace("HERE", f"http://{request.host}")} if location else {}
        return web.Response(text=text, status=status, headers=headers)

    return web.get(path, answer)


def certificate(folder: Path) -> ssl.SSLContext:
    """A certificate that nobody signed but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "local")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


async def test_a_service_of_the_workspace_is_up_down_and_up_again(clock: ManualClock, prober: Prober) -> None:
    """What tests and the demo take down is seen as down, and nothing else."""
    workspace = await Workspace.start(clock)
    targets = workspace.targets
    cloud, mail = (Probe(target=targets.url(name), seconds=0.4) for name in ("nextcloud", "mail"))
    seen = await prober.look(cloud)
    assert (seen.fine, seen.said, seen.at) == (True, "answers 200", START)
    targets.down("nextcloud")
    assert (await prober.look(cloud)).said == "answers 503"
    assert (await prober.look(mail)).fine
    targets.down("nextcloud", hangs=True)
    hung = await prober.look(cloud)
    assert (hung.fine, hung.said) == (False, "does not answer within 0.4 s")
    targets.up("nextcloud")
    assert (await prober.look(cloud)).fine
    assert (await prober.look(Probe(target=f"{workspace.url}/services/unknown"))).said == "answers 404"
    await workspace.stop()


@pytest.mark.parametrize(
    ("status", "wanted", "fine"),
    [(200, (), True), (399, (), True), (404, (), False), (401, (401,), True), (200, (204,), False)],
)
async def test_which_status_is_fine_can_be_said(
    prober: Prober, status: int, wanted: tuple[int, ...], fine: bool
) -> None:
    """Without a word about it, everything below 400 is."""
    async with served(page("/", status=status)) as url:
        seen = await prober.look(Probe(target=url, status=wanted))
    assert (seen.fine, seen.said) == (fine, f"answers {status}")


async def test_a_word_has_to_stand_in_the_page(prober: Prober) -> None:
    """A page that says something else is no page of the service."""
    async with served(page("/", "Welcome to Nextcloud")) as url:
        assert (await prober.look(Probe(target=url, word="Nextcloud"))).fine
        other = await prober.look(Probe(target=url, word="Immich"))
    assert (other.fine, other.said) == (False, "answers 200, without “Immich” in it")


async def test_redirects_are_followed_within_the_host_only(prober: Prober) -> None:
    """One that leads away is told, and nobody is asked there."""
    routes = (page("/", location="/login", status=302), page("/login", "Sign in"))
    away = page("/away", status=302, location="http://169.254.169.254/latest/meta-data/")
    user = page("/user", status=302, location="http://ana:x@127.0.0.1/")
    circle = page("/circle", status=307, location="HERE/circle")
    port = page("/port", status=302, location="http://127.0.0.1:1/")
    odd = page("/odd", status=302, location="http://[")
    async with served(*routes, away, user, circle, port, odd) as url:
        assert (await prober.look(Probe(target=url, word="Sign in"))).said == "answers 200"
        seen = await prober.look(Probe(target=f"{url}/away"))
        assert (seen.fine, seen.said) == (True, "answers 302 and leads to 169.254.169.254")
        strict = await prober.look(Probe(target=f"{url}/away", status=(200,)))
        assert (strict.fine, strict.said) == (False, "answers 302 and leads to 169.254.169.254")
        assert (await prober.look(Probe(target=f"{url}/circle"))).said == "sends whoever asks in circles, 5 times"
        assert (await prober.look(Probe(target=f"{url}/user"))).said == "answers 302"
        assert (await prober.look(Probe(target=f"{url}/port"))).said == "answers 302"
        assert (await prober.look(Probe(target=f"{url}/odd"))).said == "answers something that is not HTTP"


async def test_a_page_without_end_is_read_to_a_limit(prober: Prober) -> None:
    """Neither memory nor time is lost to it."""

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b"x" * 65_536)
        except ConnectionError:
            return response

    async with served(web.get("/", endless)) as url:
        seen = await prober.look(Probe(target=url, word="y"))
    assert MOST < 1_000_000
    assert seen.said == "answers 200, without “y” in it"


async def test_a_certificate_that_nobody_trusts_is_named(prober: Prober, tmp_path: Path) -> None:
    """It is no connection problem, and people look elsewhere for it."""
    async with served(page("/"), tls=certificate(tmp_path)) as url:
        seen = await prober.look(Probe(target=url))
    assert (seen.fine, seen.said) == (False, "has no valid certificate (self-signed certificate)")


async def test_tls_where_there_is_none(prober: Prober) -> None:
    """It is told apart from a certificate."""
    async with served(page("/")) as url:
        assert (await prober.look(Probe(target=url.replace("http:", "https:")))).said == "cannot agree on TLS"


async def test_ports_and_what_is_not_there(prober: Prober) -> None:
    """Open, closed, not known by name, and one that hangs up."""

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    tcp = Probe(kind=ProbeKind.TCP, target=f"127.0.0.1:{port}")
    assert (await prober.look(tcp)).said == f"takes connections on port {port}"
    assert (await prober.look(Probe(target=f"http://127.0.0.1:{port}"))).said == "cuts the line without an answer"
    server.close()
    await server.wait_closed()
    closed = unused_port()
    assert (await prober.look(Probe(kind=ProbeKind.TCP, target=f"127.0.0.1:{closed}"))).said == "refuses connections"
    assert (await prober.look(Probe(target=f"http://127.0.0.1:{closed}"))).said == "refuses connections"
    unknown = "nobody.invalid"
    assert (await prober.look(Probe(target=f"http://{unknown}"))).said == "is not known by name (DNS)"
    assert (await prober.look(Probe(kind=ProbeKind.DNS, target=unknown))).said == "is not known by name (DNS)"


async def test_a_name_by_the_system(prober: Prober) -> None:
    """The address may be said that it has to have."""
    right, wrong = (Probe(kind=ProbeKind.DNS, target="localhost", answer=each) for each in ("127.0.0.1", "192.0.2.7"))
    assert (await prober.look(right)).said == "has the address 127.0.0.1 for localhost"
    seen = await prober.look(wrong)
    assert (seen.fine, seen.said) == (False, "has the address 127.0.0.1 for localhost, not 192.0.2.7")


async def test_what_is_not_http(prober: Prober) -> None:
    """Something listens there, and speaks another language."""

    async def ssh(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.6\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(ssh, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    assert (await prober.look(Probe(target=f"http://127.0.0.1:{port}"))).said == "answers something that is not HTTP"
    server.close()
    await server.wait_closed()
