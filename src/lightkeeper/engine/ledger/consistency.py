"""Proofs that one root grew out of another: what a witness needs, and nothing of what it says.

A proof is the handful of roots that lie over the new leaves and over the edge of the old tree. It
gives away hashes only, so it may be handed to another agency.
"""

from collections.abc import Iterable, Iterator

from lightkeeper.engine.errors import FormatError
from lightkeeper.engine.ledger.merkle import CompactRange, node_hash

Range = tuple[int, int]


def proof_ranges(old: int, new: int) -> list[Range]:
    """The ranges of leaves whose roots make the proof, in its order: first leaf, first after.

    Raises: FormatError unless 0 < old <= new.
    Source: RFC 6962, 2.1.2.
    """
    if not 0 < old <= new:
        raise FormatError(f"A log of {new} cannot be shown to have grown out of one of {old}.")
    ranges: list[Range] = []
    start, end, at, whole = 0, new, old, True
    while at != end:
        half = start + _half(end - start)
        if at <= half:
            ranges.append((half, end))
            end = half
        else:
            ranges.append((start, half))
            start, whole = half, False
    if not whole:
        ranges.append((start, end))
    return ranges[::-1]


def make_proof(leaves: Iterable[bytes], old: int, new: int) -> list[bytes]:
    """The proof that the tree of `new` leaves begins with the tree of `old`.

    Args:
        leaves: the hashes of at least `new` leaves, from the first on; read once.

    Raises: FormatError if there are fewer leaves than that.
    """
    ranges = proof_ranges(old, new)
    roots: dict[Range, bytes] = {}
    for wanted, root in _roots_over(sorted(ranges), leaves):
        roots[wanted] = root
    if len(roots) < len(ranges):
        raise FormatError(f"There are fewer than {new} leaves.")
    return [roots[wanted] for wanted in ranges]


def _roots_over(ranges: list[Range], leaves: Iterable[bytes]) -> Iterator[tuple[Range, bytes]]:
    waiting = iter(ranges)
    wanted = next(waiting, None)
    tree = CompactRange()
    for position, leaf in enumerate(leaves):
        if wanted is None:
            return
        if position < wanted[0]:
            continue
        tree.append(leaf)
        if position + 1 == wanted[1]:
            yield wanted, tree.root()
            wanted, tree = next(waiting, None), CompactRange()


def is_consistent(old: int, old_root: bytes, new: int, new_root: bytes, proof: list[bytes]) -> bool:
    """Whether the proof shows that the tree with the new root begins with that of the old.

    Source: RFC 9162, 2.1.4.2.
    """
    if not 0 < old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    if not path:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = path[0]
    for node in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = node_hash(node, before), node_hash(node, after)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, node)
        place, last = place >> 1, last >> 1
    return last == 0 and (before, after) == (old_root, new_root)


def _half(size: int) -> int:
    """The largest power of two smaller than `size`."""
    return 1 << (size - 1).bit_length() - 1
