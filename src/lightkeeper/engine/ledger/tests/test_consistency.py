"""Proofs that one root grew out of another, against the definition in the RFC."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightkeeper.engine.errors import FormatError
from lightkeeper.engine.ledger.consistency import is_consistent, make_proof, proof_ranges
from lightkeeper.engine.ledger.merkle import CompactRange

LEAVES = [sha256(bytes([n])).digest() for n in range(70)]


def root(size: int) -> bytes:
    return CompactRange.over(LEAVES[:size]).root()


def defined(old: int, leaves: list[bytes], whole: bool) -> list[bytes]:
    """SUBPROOF of RFC 6962, 2.1.2, as it is written there."""
    size = len(leaves)
    if old == size:
        return [] if whole else [CompactRange.over(leaves).root()]
    half = 1
    while half * 2 < size:
        half *= 2
    if old <= half:
        rest = CompactRange.over(leaves[half:]).root()
        return [*defined(old, leaves[:half], whole), rest]
    return [*defined(old - half, leaves[half:], False), CompactRange.over(leaves[:half]).root()]


@pytest.mark.parametrize("new", [1, 2, 3, 7, 8, 13, 33, 64, 70])
def test_every_proof_is_the_one_that_is_defined_and_holds(new):
    for old in range(1, new + 1):
        proof = make_proof(iter(LEAVES), old, new)
        assert proof == defined(old, LEAVES[:new], True), (old, new)
        assert is_consistent(old, root(old), new, root(new), proof), (old, new)


@given(st.data())
def test_a_proof_with_anything_changed_does_not_hold(data):
    new = data.draw(st.integers(2, 70))
    old = data.draw(st.integers(1, new - 1))
    proof = make_proof(LEAVES, old, new)
    place = data.draw(st.integers(0, len(proof) - 1))
    other = sha256(proof[place]).digest()
    changed = [*proof[:place], other, *proof[place + 1 :]]

    assert not is_consistent(old, root(old), new, root(new), changed)
    assert not is_consistent(old, root(old), new, root(new), proof[:-1])
    assert not is_consistent(old, root(old), new, root(new), [*proof, other])
    assert not is_consistent(old, other, new, root(new), proof)
    assert not is_consistent(old, root(old), new, other, proof)


def test_a_smaller_log_or_none_did_not_grow_out_of_a_larger():
    assert not is_consistent(8, root(8), 7, root(7), [])
    assert not is_consistent(0, root(0), 7, root(7), [])
    assert not is_consistent(7, root(7), 7, root(8), [])
    for old, new in ((0, 5), (6, 5)):
        with pytest.raises(FormatError, match="cannot be shown"):
            proof_ranges(old, new)


def test_a_log_that_is_shorter_than_it_says_is_refused():
    with pytest.raises(FormatError, match="fewer than 9 leaves"):
        make_proof(LEAVES[:8], 3, 9)
