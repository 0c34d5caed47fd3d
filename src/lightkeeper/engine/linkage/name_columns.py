"""The parts of many names at once, where each stands in a column of its own."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lightkeeper.engine.linkage.names import name_words, untitled
from lightkeeper.engine.records.name_roots import roots_of

Whole = NDArray[np.int64]


def name_columns(
    rows: int,
    given: pa.StringArray | None,
    family: pa.StringArray | None,
    middle: pa.StringArray | None,
) -> dict[str, pa.Array]:
    """given and family (text), middle, tokens and roots of the given name (lists) of each row, as
    `name_parts` and `roots_of` give them.

    Shapes: each (rows,) text or nothing; returns arrays (rows,), null where there is no word.
    """
    sides = [_Side(rows, column, untitled) for column in (given, family)]
    further = _Side(rows, middle, name_words)
    return {
        "given": sides[0].joined(),
        "family": sides[1].joined(),
        "middle": _lists(rows, [further], in_order=False),
        "tokens": _lists(rows, [*sides, further], in_order=True),
        "roots": _lists(rows, [_Side(rows, given, _roots)], in_order=True),
    }


def _roots(text: str) -> tuple[str, ...]:
    name = " ".join(untitled(text))
    return tuple(sorted(set(roots_of(name)))) if name else ()


class _Side:
    """A column as codes of its texts (n,), -1 for none, and the words of each text."""

    def __init__(
        self, rows: int, column: pa.StringArray | None, words_in: Callable[[str], tuple[str, ...]]
    ) -> None:
        self.code: Whole = np.full(rows, -1, np.int64)
        self.words: list[tuple[str, ...]] = []
        if column is not None:
            coded = column.dictionary_encode()
            self.code = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
            self.words = [words_in(text) for text in coded.dictionary.to_pylist()]

    def joined(self) -> pa.StringArray:
        said = pa.array([" ".join(words) or None for words in self.words] + [None], pa.string())
        return said.take(pa.array(np.where(self.code < 0, len(self.words), self.code)))


def _lists(rows: int, sides: list[_Side], *, in_order: bool) -> pa.ListArray:
    """The words of each row, each once: sorted, or in the order in which they stand."""
    every = sorted({word for side in sides for words in side.words for word in words})
    rank = {word: number for number, word in enumerate(every)}
    of_row, of_word = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for side in sides:
        row, word = _spread(side, rank)
        of_row.append(row)
        of_word.append(word)
    row, word = np.concatenate(of_row), np.concatenate(of_word)
    # A row's words are few: their place is kept in the order, or their rank is.
    first = np.unique(row * (len(every) + 1) + word, return_index=True)[1]
    if not in_order:
        first.sort()
    row, word = row[first], word[first]
    order = np.argsort(row, kind="stable")
    count = np.bincount(row, minlength=rows)
    start = np.concatenate([[0], np.cumsum(count)])
    values = pa.array(every, pa.string()).take(pa.array(word[order]))
    return pa.ListArray.from_arrays(
        pa.array(start.astype(np.int32)), values, mask=pa.array(count == 0)
    )


def _spread(side: _Side, rank: dict[str, int]) -> tuple[Whole, Whole]:
    """Every word of every row: the row, and the rank of the word."""
    flat = np.array([rank[word] for words in side.words for word in words], np.int64)
    size = np.array([len(words) for words in side.words] + [0], np.int64)
    begin = np.cumsum(size) - size
    count = size[side.code]
    row = np.repeat(np.arange(len(side.code)), count)
    within = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    return row, flat[begin[side.code][row] + within]
