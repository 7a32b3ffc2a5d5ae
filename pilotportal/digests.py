"""Digests that name their algorithm, canonical JSON, and Merkle trees over digests.

A digest is text such as `sm3:66c7…`: 国密 SM3 where OpenSSL offers it, SHA-256 otherwise (setting `DIGEST`), so that a record
made under one setting can still be checked under another.
"""

import hashlib
from collections.abc import Sequence
from io import BufferedReader
from typing import Any

import rfc8785
from django.conf import settings


def digest(content: bytes) -> str:
    return f"{settings.DIGEST}:{hashlib.new(settings.DIGEST, content).hexdigest()}"


def digest_of_stream(stream: BufferedReader) -> str:
    """The same over a file, piece by piece."""
    return f"{settings.DIGEST}:{hashlib.file_digest(stream, lambda: hashlib.new(settings.DIGEST)).hexdigest()}"


def matches(content: bytes, claimed: str) -> bool:
    algorithm, _, value = claimed.partition(":")
    return hashlib.new(algorithm, content).hexdigest() == value


def canonical(record: Any) -> bytes:
    """RFC 8785 bytes of JSON-like data; raises on integers beyond 2^53 instead of altering them. No floats, by house rule."""
    _refuse_floats(record)
    return rfc8785.dumps(record)


def digest_of(record: Any) -> str:
    return digest(canonical(record))


def merkle_root(leaves: Sequence[bytes], *, algorithm: str) -> bytes:
    """Root of the RFC 6962 tree over `leaves` (raw records); the empty tree is the digest of nothing."""
    if not leaves:
        return hashlib.new(algorithm, b"").digest()
    level = [hashlib.new(algorithm, b"\x00" + leaf).digest() for leaf in leaves]
    while len(level) > 1:
        pairs = [_node(level[i], level[i + 1], algorithm) for i in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0]


def _node(left: bytes, right: bytes, algorithm: str) -> bytes:
    return hashlib.new(algorithm, b"\x01" + left + right).digest()


def _refuse_floats(record: Any) -> None:
    if isinstance(record, float):
        raise TypeError("Floats have no place in a sealed record; use integers or text.")
    if isinstance(record, dict):
        for value in record.values():
            _refuse_floats(value)
    elif isinstance(record, list | tuple):
        for value in record:
            _refuse_floats(value)
