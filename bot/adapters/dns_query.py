"""One question to one DNS server: which IPv4 addresses a name has. As RFC 1035 has it on the wire, over UDP."""

import asyncio
import secrets
import struct
from ipaddress import IPv4Address
from struct import Struct

_HEADER, _TYPES, _RECORD = Struct("!6H"), Struct("!2H"), Struct("!2HIH")
_A, _IN, _POINTER = 1, 1, 0xC0
#: What a server may say instead of an answer.
RCODES = {1: "cannot read the question", 2: "has trouble itself", 3: "does not know the name", 5: "refuses to answer"}
#: As many records of an answer are read.
RECORDS = 200


class NoAnswerError(Exception):
    """The server says no, or something that is no answer; its text ends a sentence that begins with the server."""


async def addresses(name: str, server: str, port: int, seconds: float) -> tuple[str, ...]:
    """The addresses that the server gives, sorted. It is asked twice, since a packet may be lost.

    Raises NoAnswerError, TimeoutError or OSError.
    """
    number = secrets.randbelow(65536)
    asked = question(number, name)
    loop = asyncio.get_running_loop()
    transport, heard = await loop.create_datagram_endpoint(lambda: _Heard(number, name), remote_addr=(server, port))
    try:
        for _ in range(2):
            transport.sendto(asked)
            done, _ = await asyncio.wait({heard.answer}, timeout=seconds / 2)
            if done:
                return heard.answer.result()
        raise TimeoutError
    finally:
        transport.close()


def question(number: int, name: str) -> bytes:
    """The packet that asks for the addresses of a name, with recursion."""
    return _HEADER.pack(number, 0x0100, 1, 0, 0, 0) + _labels(name) + _TYPES.pack(_A, _IN)


def read(number: int, name: str, packet: bytes) -> tuple[str, ...] | None:
    """The addresses in a server's answer, sorted; None where it answers another question. Raises NoAnswerError."""
    try:
        got, flags, questions, answers, _, _ = _HEADER.unpack_from(packet)
        asked = _labels(name) + _TYPES.pack(_A, _IN)
        at = _HEADER.size + len(asked)
        if got != number or not flags & 0x8000 or questions != 1 or packet[_HEADER.size : at].lower() != asked.lower():
            return None
        if flags & 0x000F:
            raise NoAnswerError(RCODES.get(flags & 0x000F, "cannot answer"))
        found = []
        for _ in range(min(answers, RECORDS)):
            at = _after_name(packet, at)
            kind, network, _, length = _RECORD.unpack_from(packet, at)
            at += _RECORD.size
            if (kind, network, length) == (_A, _IN, 4):
                found.append(IPv4Address(packet[at : at + 4]))
            at += length
    except (ValueError, IndexError, struct.error) as broken:
        raise NoAnswerError("sends what cannot be read") from broken
    if not found:
        raise NoAnswerError("has no address for the name")
    return tuple(str(address) for address in sorted(set(found)))


def _labels(name: str) -> bytes:
    parts = [part.encode("ascii") for part in name.rstrip(".").split(".")]
    return b"".join(bytes([len(part)]) + part for part in parts) + b"\0"


def _after_name(packet: bytes, at: int) -> int:
    """Where a name ends that begins there; a pointer ends it, and is not followed."""
    while (length := packet[at]) != 0:
        if length >= _POINTER:
            return at + 2
        at += 1 + length
    return at + 1


class _Heard(asyncio.DatagramProtocol):
    """Waits for the one packet that answers; anything else could have been sent by anybody."""

    def __init__(self, number: int, name: str) -> None:
        self.answer: asyncio.Future[tuple[str, ...]] = asyncio.get_running_loop().create_future()
        self._number, self._name = number, name

    def datagram_received(self, data: bytes, addr: object) -> None:
        if self.answer.done():
            return
        try:
            found = read(self._number, self._name, data)
        except NoAnswerError as error:
            self.answer.set_exception(error)
            return
        if found is not None:
            self.answer.set_result(found)

    def error_received(self, exc: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(exc)
