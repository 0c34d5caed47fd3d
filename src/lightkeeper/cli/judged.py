"""Reading a file of pairs that people judged, by the rows of the files that are linked."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from lightkeeper.engine.errors import FormatError
from lightkeeper.engine.linkage.files import read_table
from lightkeeper.engine.linkage.labels import Judged

COLUMNS = ("row_l", "row_r", "verdict")
VERDICTS = {"same": True, "different": False}


def read_judged(path: Path, rows: int, say: Callable[[str], None]) -> Judged:
    """The judged pairs of a CSV or Parquet file. Rows count from 1, as in the file of pairs that
    linking writes; what nobody could decide is left out of the file, or left empty.

    Raises: FormatError that names the line.
    """
    table = read_table(path, say)
    missing = [name for name in COLUMNS if name not in table.column_names]
    if missing:
        raise FormatError(f"{path.name} has no column {missing[0]}. It needs {', '.join(COLUMNS)}.")
    ends: list[tuple[int, int]] = []
    same: list[bool] = []
    columns = (table[name].to_pylist() for name in COLUMNS)
    for line, (left, right, verdict) in enumerate(zip(*columns, strict=True), start=2):
        if not verdict:
            continue
        if str(verdict).casefold() not in VERDICTS:
            raise FormatError(f"Line {line} of {path.name}: a verdict is same or different.")
        ends.append((_row(left, rows, line, path), _row(right, rows, line, path)))
        same.append(VERDICTS[str(verdict).casefold()])
        if ends[-1][0] == ends[-1][1]:
            raise FormatError(f"Line {line} of {path.name}: a row is judged with itself.")
    both = np.array(ends, np.int64).reshape(-1, 2) - 1
    return Judged(both[:, 0], both[:, 1], np.array(same, bool))


def _row(said: object, rows: int, line: int, path: Path) -> int:
    text = str(said).strip()
    if not text.isascii() or not text.isdigit() or len(text) > 12 or not 1 <= int(text) <= rows:
        raise FormatError(
            f"Line {line} of {path.name}: a row is a number from 1 to {rows}, not {text!r}."
        )
    return int(text)
