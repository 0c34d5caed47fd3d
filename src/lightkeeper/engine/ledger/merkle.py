"""A Merkle tree that only grows, kept as its few complete subtrees.

One root of 32 bytes stands for every leaf before it, in order: whoever has kept yesterday's root
can tell today that nothing of yesterday has been changed, removed or moved.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Self

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry; marked, so that no entry can pass for an inner node.

    Source: RFC 6962, 2.1.
    """
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


@dataclass
class CompactRange:
    """The complete subtrees of a tree of `size` leaves, largest first: at most one for each bit."""

    size: int = 0
    subtrees: list[bytes] = field(default_factory=list)

    @classmethod
    def over(cls, leaves: Iterable[bytes]) -> Self:
        grown = cls()
        for leaf in leaves:
            grown.append(leaf)
        return grown

    def append(self, leaf: bytes) -> None:
        """Add one leaf's hash: it joins subtrees of its own size, as a carry does in counting."""
        complete, carry = leaf, self.size
        while carry & 1:
            complete = node_hash(self.subtrees.pop(), complete)
            carry >>= 1
        self.subtrees.append(complete)
        self.size += 1

    def root(self) -> bytes:
        """The root over all leaves.

        Source: RFC 6962, 2.1.
        """
        if not self.subtrees:
            return EMPTY_ROOT
        root = self.subtrees[-1]
        for subtree in reversed(self.subtrees[:-1]):
            root = node_hash(subtree, root)
        return root

    def fits(self) -> bool:
        """Whether there are as many subtrees as a tree of this size has."""
        return self.size >= 0 and len(self.subtrees) == self.size.bit_count()
