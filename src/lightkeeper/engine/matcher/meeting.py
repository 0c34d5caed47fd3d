"""One field of a record that is asked about against the same field of many candidates.

What two texts have in common is worked out once for each text that the candidates have among
them, and once for all levels that ask it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process

from lightkeeper.engine.matcher.slips import similarity, slips

Bools = NDArray[np.bool_]
Codes = NDArray[np.int64]
FEW = 24


def as_bytes(text: str) -> str:
    """One character for each byte of its UTF-8, as DuckDB's distances see it."""
    return text if text.isascii() else text.encode("utf-8", "surrogatepass").decode("latin-1")


def as_text(seen: str) -> str:
    return seen if seen.isascii() else seen.encode("latin-1").decode("utf-8", "surrogatepass")


@dataclass
class Meeting:
    """Candidates that have a value in the field: codes (t,) of one after the other.

    `first` (n,) is where each candidate's codes begin, None where each has exactly one.
    `asked_code` (a,) are the codes of the asked values that any record has. `held_tokens` says
    which of the candidates have any of the given texts among the words of their name.
    """

    asked: tuple[str, ...]
    asked_code: Codes
    asked_tokens: frozenset[str]
    code: Codes
    first: Codes | None
    texts_of: Callable[[Codes], list[str]]
    held_tokens: Callable[[tuple[str, ...]], Bools]
    _seen: tuple[list[str], Codes] | None = None
    _known: dict[object, Bools | Codes | NDArray[np.float64]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return len(self.code) if self.first is None else len(self.first)

    def seen(self) -> list[str]:
        """The texts that the candidates have, each once."""
        return self._distinct()[0]

    def _distinct(self) -> tuple[list[str], Codes]:
        if self._seen is None:
            each, place = np.unique(self.code, return_inverse=True)
            self._seen = self.texts_of(each), place
        return self._seen

    def any_of(self, texts: Bools) -> Bools:
        """Of each candidate, whether any of its texts is one of these."""
        return self.any_code(texts[self._distinct()[1]])

    def any_code(self, codes: Bools) -> Bools:
        return codes if self.first is None else np.logical_or.reduceat(codes, self.first)

    def where(self, test: Callable[[str, str], object], asked: Iterable[str]) -> Bools:
        """Which texts pass the test with any of the asked ones, both as bytes."""
        texts, wanted = self.seen(), [as_bytes(one) for one in asked]
        return np.fromiter(
            (any(test(one, text) for one in wanted) for text in texts), bool, len(texts)
        )

    def same_codes(self) -> Bools:
        found = np.zeros(len(self.code), bool)
        for code in self.asked_code:
            found |= self.code == code
        return found

    def same(self) -> Bools:
        return self.any_code(self.same_codes())

    def shared(self) -> Codes:
        """How many of the asked values each candidate has."""
        codes = self.same_codes().astype(np.int64)
        return codes if self.first is None else np.add.reduceat(codes, self.first)

    def alike(self, at_least: float) -> Bools:
        if "likeness" not in self._known:
            self._known["likeness"] = self._likeness()
        return self.any_of(np.asarray(self._known["likeness"] >= at_least))

    def _likeness(self) -> NDArray[np.float64]:
        texts, wanted = self.seen(), [as_bytes(one) for one in self.asked]
        if len(texts) * len(wanted) <= FEW:
            return np.array([max(similarity(a, b) for a in wanted) for b in texts], np.float64)
        every = process.cdist(wanted, texts, scorer=similarity, dtype=np.float64)
        return np.asarray(every.max(axis=0))

    def within(self, most: int) -> Bools:
        """At most so many slips between any two of the values."""
        return self.any_of(self._slips() <= most)

    def one_slip(self) -> Bools:
        """One slip, and the first or the last letter the same."""
        near = self._slips() <= 1
        ends = self.where(lambda a, b: a[:1] == b[:1] or a[-1:] == b[-1:], self.asked)
        return self.any_of(near & ends)

    def _slips(self) -> Codes:
        if "slips" not in self._known:
            wanted = [as_bytes(one) for one in self.asked]
            self._known["slips"] = np.array(
                [min(slips(a, b, 2) for a in wanted) for b in self.seen()], np.int64
            )
        return np.asarray(self._known["slips"])

    def begins(self) -> Bools:
        return self.any_of(
            self.where(lambda a, b: a.startswith(b) or b.startswith(a), self.asked)
        )

    def same_part(self, part: Callable[[str], str]) -> Bools:
        """Whether any two of the values have this part in common, counted in characters."""
        wanted = {part(one) for one in self.asked}
        texts = self.seen()
        return self.any_of(
            np.fromiter((part(as_text(text)) in wanted for text in texts), bool, len(texts))
        )

    def turned(self, turn: Callable[[str], str]) -> Bools:
        """Whether any asked value is one of the candidate's, turned about."""
        wanted, texts = set(self.asked), self.seen()
        return self.any_of(
            np.fromiter((turn(as_text(text)) in wanted for text in texts), bool, len(texts))
        )

    def letters_apart(self, most: int) -> Bools:
        """At most so many letters differ, place by place, of texts of one length."""

        def near(a: str, b: str) -> bool:
            return len(a) == len(b) and sum(x != y for x, y in zip(a, b, strict=True)) <= most

        return self.any_of(self.where(near, self.asked))

    def years_apart(self, most: int) -> Bools:
        """At most so many years between the earliest of both."""
        years = np.array([int(text[:4]) for text in self.seen()])[self._distinct()[1]]
        if self.first is not None:
            years = np.minimum.reduceat(years, self.first)
        return np.asarray(np.abs(years - int(min(self.asked)[:4])) <= most)

    def words_shared(self) -> Bools:
        wanted = {word for one in self.asked for word in one.split(" ")}
        texts = self.seen()
        return self.any_of(
            np.fromiter(
                (not wanted.isdisjoint(as_text(text).split(" ")) for text in texts),
                bool,
                len(texts),
            )
        )

    def among_asked_tokens(self) -> Bools:
        tokens, texts = self.asked_tokens, self.seen()
        return self.any_of(
            np.fromiter((as_text(text) in tokens for text in texts), bool, len(texts))
        )
