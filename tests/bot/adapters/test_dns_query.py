"""The question to a DNS server, and what servers answer: well, oddly, or not at all."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.adapters.dns_query import NoAnswerError, question, read
from bot.adapters.probes import Prober
from bot.incident.probes import Probe, ProbeKind
from tests.clock import ManualClock

NAME = "cloud.example.com"
ASKED = question(7, NAME)


def reply(*records: bytes, asked: bytes = ASKED, flags: int = 0x8180) -> bytes:
    """A packet that answers `asked` with these records."""
    return asked[:2] + struct.pack("!HHHHH", flags, 1, len(records), 0, 0) + asked[12:] + b"".join(records)


def record(data: bytes, kind: int = 1) -> bytes:
    """One record about the name that was asked for."""
    return b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 60, len(data)) + data


ADDRESS = record(bytes([192, 0, 2, 7]))
ALIAS = record(b"\x03www\xc0\x12", kind=5)


@asynccontextmanager
async def server(answer: Callable[[bytes], Sequence[bytes]]) -> AsyncIterator[int]:
    """The port of a DNS server that sends these packets for each question."""

    class Server(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
            for packet in answer(data):
                transport.sendto(packet, addr)

    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(Server, local_addr=("127.0.0.1", 0))
    yield transport.get_extra_info("sockname")[1]
    transport.close()


async def looked(port: int, answer: str = "", seconds: float = 1) -> tuple[bool, str]:
    """What a probe says of the name, asking the server at this port."""
    prober = Prober(ManualClock(), dns_port=port)
    probe = Probe(kind=ProbeKind.DNS, target=NAME, server="127.0.0.1", answer=answer, seconds=seconds)
    seen = await prober.look(probe)
    await prober.close()
    return seen.fine, seen.said


def test_the_packet_is_as_the_standard_has_it() -> None:
    """Byte for byte: a header, the name in labels, type A, class IN."""
    packet = "0007 0100 0001 0000 0000 0000 05636c6f7564 076578616d706c65 03636f6d 00 0001 0001"
    assert ASKED.hex() == packet.replace(" ", "")


def test_addresses_behind_an_alias_are_found() -> None:
    """Sorted, each once."""
    other = record(bytes([192, 0, 2, 1]))
    assert read(7, NAME, reply(ALIAS, ADDRESS, other, ADDRESS)) == ("192.0.2.1", "192.0.2.7")


@pytest.mark.parametrize(
    "packet",
    [
        reply(ADDRESS, asked=question(8, NAME)),
        reply(ADDRESS, asked=question(7, "evil.example.com")),
        reply(ADDRESS, flags=0x0100),
    ],
)
def test_an_answer_to_something_else_is_none(packet: bytes) -> None:
    """Anybody can send a packet."""
    assert read(7, NAME, packet) is None


@given(st.binary(max_size=300))
@example(reply(b"\xc0\x0c"))
@example(reply(record(bytes(3))))
def test_no_packet_breaks_the_reading(rest: bytes) -> None:
    """Garbage, also after a true beginning, is told as such."""
    for packet in (rest, ASKED[:2] + b"\x81\x80\0\1\0\xff\0\0\0\0" + ASKED[12:] + rest):
        with suppress(NoAnswerError):
            read(7, NAME, packet)


@pytest.mark.sockets
async def test_a_named_server_is_asked() -> None:
    """And the answer compared with what it should be."""
    async with server(lambda asked: [reply(ALIAS, ADDRESS, asked=asked)]) as port:
        assert await looked(port, "192.0.2.7") == (True, f"has the address 192.0.2.7 for {NAME}")
        assert await looked(port, "192.0.2.8") == (False, f"has the address 192.0.2.7 for {NAME}, not 192.0.2.8")


@pytest.mark.sockets
async def test_a_lost_packet_is_sent_again_and_a_forged_one_passed_over() -> None:
    """The second question is answered; what somebody else sends is not taken for it."""
    heard: list[bytes] = []

    def second(asked: bytes) -> Sequence[bytes]:
        heard.append(asked)
        forged = reply(record(bytes([6, 6, 6, 6])), asked=bytes([asked[0] ^ 1]) + asked[1:])
        return [forged] if len(heard) == 1 else [b"", forged, reply(ADDRESS, asked=asked)]

    async with server(second) as port:
        assert await looked(port, seconds=0.4) == (True, f"has the address 192.0.2.7 for {NAME}")
    assert len(heard) == 2


@pytest.mark.sockets
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda asked: [reply(asked=asked, flags=0x8183)], "the DNS server does not know the name"),
        (lambda asked: [reply(asked=asked, flags=0x8182)], "the DNS server has trouble itself"),
        (lambda asked: [reply(ALIAS, asked=asked)], "the DNS server has no address for the name"),
        (lambda asked: [reply(b"\xc0", asked=asked)], "the DNS server sends what cannot be read"),
        (lambda asked: [], "does not answer within 0.2 s"),
    ],
)
async def test_a_server_that_does_not_help(answer: Callable[[bytes], Sequence[bytes]], said: str) -> None:
    """Each way is told."""
    async with server(answer) as port:
        fine, told = await looked(port, seconds=0.2)
    assert not fine
    assert told.endswith(said)


@pytest.mark.sockets
async def test_nobody_listens() -> None:
    """The machine says so at once."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    assert await looked(port) == (False, "refuses connections")
