"""The malware scanner: clamd, over TCP or a Unix socket.

Bytes go by INSTREAM, so that clamd needs no access to the storage. The protocol is four commands in `man clamd`; the libraries for it
on PyPI are under the GPL or no longer kept.
"""

import contextlib
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

PIECE = 2**17  # bytes; each must be smaller than clamd's StreamMaxLength
PATIENCE = 120.0  # seconds for clamd to answer
LONGEST_ANSWER = 4096
LENGTH = struct.Struct("!L")


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Unavailable(Exception):
    """Nothing can be said about the file now; `str()` tells operators why."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """`finding` is the name of the signature that matched, empty where none did."""

    engine: str
    finding: str


def scan(stream: Readable, *, address: str) -> Answer:
    """Asks clamd at `address` (tcp://host:port or unix:///path) about the bytes of `stream`. Raises Unavailable."""
    try:
        with _connected(address) as connection:
            connection.sendall(b"zVERSION\0")
            engine = _answer(connection)
        with _connected(address) as connection:
            _send(stream, connection)
            answer = _answer(connection)
    except (OSError, ValueError) as fault:
        raise Unavailable(f"{type(fault).__name__}: {fault}"[:200]) from fault
    return Answer(engine=engine[:200], finding=_finding(answer))


@contextlib.contextmanager
def _connected(address: str) -> Iterator[socket.socket]:
    parts = urlsplit(address)
    if parts.scheme == "unix":
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(PATIENCE)
            connection.connect(parts.path)
            yield connection
    elif parts.scheme == "tcp" and parts.hostname and parts.port:
        with socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE) as connection:
            yield connection
    else:
        raise ValueError("PORTAL_CLAMD must be tcp://host:port or unix:///path")


def _send(stream: Readable, connection: socket.socket) -> None:
    """The daemon hangs up in the middle of a stream that is too long for it; its answer is there to be read all the same."""
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        connection.sendall(b"zINSTREAM\0")
        while piece := stream.read(PIECE):
            connection.sendall(LENGTH.pack(len(piece)) + piece)
        connection.sendall(LENGTH.pack(0))


def _answer(connection: socket.socket) -> str:
    received = b""
    while b"\0" not in received and len(received) < LONGEST_ANSWER:
        piece = connection.recv(LONGEST_ANSWER)
        if not piece:
            break
        received += piece
    return received.split(b"\0")[0].decode(errors="replace").strip()


def _finding(answer: str) -> str:
    """`stream: OK` or `stream: Name-of-signature FOUND`; everything else is no answer to the question."""
    verdict = answer.removeprefix("stream: ")
    if verdict == "OK":
        return ""
    if verdict.endswith(" FOUND"):
        return verdict.removesuffix(" FOUND")[:200]
    raise Unavailable(answer[:200] or "clamd hung up without an answer")
