"""Files as they should not be, made anew for the tests."""

import io
import struct
import zipfile
import zlib

import pikepdf
from PIL import Image

FLATE = pikepdf.Name.FlateDecode


def pdf(*, password: str = "", script: bool = False, pages: int = 1) -> bytes:
    made, stream = pikepdf.new(), io.BytesIO()
    for _page in range(pages):
        made.add_blank_page()
    if script:
        made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    made.save(stream, encryption=pikepdf.Encryption(owner=password, user=password) if password else False)
    return stream.getvalue()


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, "white").save(stream, format=kind)
    return stream.getvalue()


def archive() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("setup.bat", "format c:")
    return stream.getvalue()


def spaces(megabytes: int, *, before: bytes = b"") -> bytes:
    """So many megabytes of spaces, packed to a thousandth: after a full flush the same packed bytes may be repeated."""
    packer, spaces = zlib.compressobj(9), b" " * 2**20
    head = packer.compress(before) + packer.flush(zlib.Z_FULL_FLUSH)
    one = packer.compress(spaces) + packer.flush(zlib.Z_FULL_FLUSH)
    check = zlib.adler32(before)
    for _ in range(megabytes):
        check = zlib.adler32(spaces, check)
    return head + one * megabytes + packer.flush()[:-4] + check.to_bytes(4, "big")


def stream_bomb(megabytes: int, *, twice: bool = False) -> bytes:
    """A page whose content unpacks to so much; `twice`: packed in two layers, a million to one."""
    made, stream = pikepdf.new(), io.BytesIO()
    made.add_blank_page()
    content = pikepdf.Stream(made, b"")
    packed = spaces(megabytes)
    content.write(zlib.compress(packed, 9) if twice else packed, filter=pikepdf.Array([FLATE, FLATE]) if twice else FLATE)
    made.pages[0].obj.Contents = content
    made.save(stream, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return stream.getvalue()


def object_bomb(megabytes: int) -> bytes:
    """The structure itself unpacks to so much, in the library that opens the file and before anybody can look."""
    stream, places = io.BytesIO(b"%PDF-1.5\n"), {}
    stream.seek(0, io.SEEK_END)

    def write(number: int, body: bytes) -> None:
        places[number] = stream.tell()
        stream.write(b"%d 0 obj\n" % number + body + b"\nendobj\n")

    packed = spaces(megabytes, before=b"5 0 << >> ")
    write(1, b"<< /Type /Catalog /Pages 2 0 R >>")
    write(2, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
    write(3, b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R >>")
    head = b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >> stream\n" % len(packed)
    write(4, head + packed + b"\nendstream")
    table = [(0, 0, 255), *((1, places[number], 0) for number in (1, 2, 3, 4)), (2, 4, 0), (1, stream.tell(), 0)]
    rows, start = b"".join(struct.pack(">BIB", *row) for row in table), stream.tell()
    write(6, b"<< /Type /XRef /Size 7 /W [1 4 1] /Root 1 0 R /Length %d >> stream\n" % len(rows) + rows + b"\nendstream")
    stream.write(b"startxref\n%d\n%%%%EOF\n" % start)
    return stream.getvalue()


def huge_png(width: int, height: int) -> bytes:
    """A picture that declares so many pixels and holds them, all the same, in a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(9)
    row = b"\x00" * (width // 8 + 2)
    lines = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")
