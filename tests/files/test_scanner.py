"""The scanner's client against a server of the tests that speaks clamd's protocol; with a real clamd it was tried by hand."""

import io
import socket
import struct
import threading

import pytest

from pilotportal.files import scanner


class Clamd:
    """Reads what INSTREAM sends, and answers from a script. `heard` holds the bytes of the last stream."""

    def __init__(self, answer: bytes, *, limit: int = 10**9) -> None:
        self.answer, self.limit, self.heard = answer, limit, b""
        self.server = socket.create_server(("127.0.0.1", 0))
        self.address = f"tcp://127.0.0.1:{self.server.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self.server.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                self._answer(connection, stream)

    def _answer(self, connection: socket.socket, stream: io.BufferedIOBase) -> None:
        command = b"".join(iter(lambda: stream.read(1), b"\0"))
        if command == b"zVERSION":
            connection.sendall(b"ClamAV 1.4.3/27800/Sun Nov 22 08:00:00 2026\0")
        elif command == b"zINSTREAM":
            connection.sendall(self._scanned(stream))

    def _scanned(self, stream: io.BufferedIOBase) -> bytes:
        self.heard = b""
        while length := struct.unpack("!L", stream.read(4))[0]:
            self.heard += stream.read(length)
            if len(self.heard) > self.limit:
                return b"INSTREAM size limit exceeded. ERROR\0"
        return self.answer


@pytest.fixture
def clamd():
    made: list[Clamd] = []

    def start(answer: bytes, **options: int) -> Clamd:
        made.append(Clamd(answer, **options))
        return made[-1]

    yield start
    for each in made:
        each.server.close()


def test_every_byte_is_sent_and_the_engine_is_named(clamd):
    content = bytes(range(256)) * 2000
    daemon = clamd(b"stream: OK\0")
    answer = scanner.scan(io.BytesIO(content), address=daemon.address)
    assert answer == scanner.Answer(engine="ClamAV 1.4.3/27800/Sun Nov 22 08:00:00 2026", finding="")
    assert daemon.heard == content


def test_a_finding_is_named(clamd):
    daemon = clamd(b"stream: Eicar-Test-Signature FOUND\0")
    assert scanner.scan(io.BytesIO(b"x"), address=daemon.address).finding == "Eicar-Test-Signature"


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"UNKNOWN COMMAND\0"])
def test_what_is_no_verdict_is_none(clamd, answer):
    with pytest.raises(scanner.Unavailable):
        scanner.scan(io.BytesIO(b"x"), address=clamd(answer).address)


def test_a_stream_that_is_too_long_says_so_although_clamd_hung_up(clamd):
    with pytest.raises(scanner.Unavailable) as fault:
        scanner.scan(io.BytesIO(b"x" * 2_000_000), address=clamd(b"stream: OK\0", limit=1000).address)
    assert "size limit" in str(fault.value) or "Connection" in str(fault.value)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "unix:///nowhere/clamd.ctl", "clamd", "http://127.0.0.1:80"])
def test_nobody_there(address):
    with pytest.raises(scanner.Unavailable):
        scanner.scan(io.BytesIO(b"x"), address=address)


def test_a_unix_socket(tmp_path):
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(tmp_path / "clamd"))
    server.listen()

    def serve() -> None:
        for reply in (b"ClamAV 1\0", b"stream: OK\0"):
            connection, _address = server.accept()
            with connection:
                connection.recv(10_000)
                connection.sendall(reply)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert scanner.scan(io.BytesIO(b"x"), address=f"unix://{tmp_path}/clamd") == scanner.Answer(engine="ClamAV 1", finding="")
    thread.join(5)
    server.close()
