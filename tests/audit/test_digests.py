"""Digests, canonical JSON and Merkle roots against published values."""

import hashlib

import pytest

from pilotportal.digests import canonical, digest, matches, merkle_root

RFC6962_LEAVES = [
    bytes.fromhex(leaf) for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]


def test_sm3_gives_the_value_of_the_standard(settings):
    settings.DIGEST = "sm3"
    assert digest(b"abc") == "sm3:66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_a_digest_is_checked_under_the_algorithm_that_it_names(settings):
    settings.DIGEST = "sm3"
    assert matches(b"abc", "sha256:" + hashlib.sha256(b"abc").hexdigest())
    assert not matches(b"abd", digest(b"abc"))


@pytest.mark.parametrize(
    ("size", "root"),
    [
        (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ],
)
def test_merkle_roots_of_certificate_transparency(size, root):
    assert merkle_root(RFC6962_LEAVES[:size], algorithm="sha256").hex() == root


def test_canonical_json_orders_rare_characters_by_utf16():
    assert canonical({"𠮷": 1, "Ａ": 2}) == '{"𠮷":1,"Ａ":2}'.encode()


def test_canonical_json_refuses_what_readers_would_alter():
    with pytest.raises(ValueError, match="9007199254740993"):
        canonical({"n": 2**53 + 1})
    with pytest.raises(TypeError):
        canonical({"n": [0.1]})
