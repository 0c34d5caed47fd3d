"""The tree against the vectors of certificate transparency, and against the definition."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from lightkeeper.engine.ledger.merkle import CompactRange, leaf_hash

# The inputs and roots that implementations of RFC 6962 share (from the first of them, in C++).
ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def root_by_definition(entries: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    k = 1
    while k * 2 < len(entries):
        k *= 2
    left, right = root_by_definition(entries[:k]), root_by_definition(entries[k:])
    return sha256(b"\x01" + left + right).digest()


def test_the_roots_are_those_that_other_implementations_give():
    tree = CompactRange()
    for entry, root in zip(ENTRIES, ROOTS, strict=True):
        tree.append(leaf_hash(entry))
        assert tree.root().hex() == root


def test_the_empty_tree_has_the_hash_of_nothing():
    assert CompactRange().root() == sha256(b"").digest()


@given(st.lists(st.binary(max_size=4), max_size=70))
def test_any_tree_has_the_root_of_the_definition(entries):
    tree = CompactRange.over(map(leaf_hash, entries))

    assert tree.root() == root_by_definition(entries)
    assert tree.fits()


@given(st.lists(st.binary(max_size=4), max_size=40), st.lists(st.binary(max_size=4), max_size=40))
def test_a_tree_goes_on_from_its_subtrees_alone(first, then):
    kept = CompactRange.over(map(leaf_hash, first))
    resumed = CompactRange(kept.size, list(kept.subtrees))
    for entry in then:
        resumed.append(leaf_hash(entry))

    assert resumed.root() == root_by_definition(first + then)


@given(st.lists(st.binary(max_size=3), min_size=2, max_size=40, unique=True), st.data())
def test_any_change_of_an_entry_or_of_the_order_changes_the_root(entries, data):
    one = data.draw(st.integers(0, len(entries) - 1))
    other = data.draw(st.integers(0, len(entries) - 1).filter(lambda place: place != one))
    swapped = list(entries)
    swapped[one], swapped[other] = entries[other], entries[one]
    changed = [*entries[:one], entries[one] + b"!", *entries[one + 1 :]]

    roots = {
        CompactRange.over(map(leaf_hash, some)).root()
        for some in (entries, swapped, changed, entries[:one] + entries[one + 1 :])
    }
    assert len(roots) == 4
