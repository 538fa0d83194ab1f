"""The Merkle tree of the log, hashed as in RFC 9162 section 2.1, grown leaf by leaf."""

from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """The hash of a leaf (32 bytes)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node (32 bytes)."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The roots of the perfect subtrees of a tree of `size` leaves, left to right: all that growing it needs."""

    def __init__(self, size: int = 0, roots: bytes = b"") -> None:
        self.size = size
        self._roots = [roots[at : at + 32] for at in range(0, len(roots), 32)]
        if len(self._roots) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} perfect subtrees, not {len(self._roots)}")

    def add(self, leaf: bytes) -> None:
        """Add a leaf's hash."""
        full, right = self.size, leaf
        while full & 1:
            right = node_hash(self._roots.pop(), right)
            full >>= 1
        self._roots.append(right)
        self.size += 1

    @property
    def roots(self) -> bytes:
        """The frontier as bytes, 32 for each subtree."""
        return b"".join(self._roots)

    @property
    def root(self) -> bytes:
        """The hash of the whole tree."""
        if not self._roots:
            return EMPTY_ROOT
        *rest, whole = self._roots
        for left in reversed(rest):
            whole = node_hash(left, whole)
        return whole
