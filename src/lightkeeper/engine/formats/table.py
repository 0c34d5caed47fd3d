"""What every reader of a table gives: rows, faults, limits and a tally."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from lightkeeper.engine.errors import FileRefused

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Fault:
    """One row, or one cell of it, that cannot be taken as it stands.

    `row` is the number a person sees (line of the file, row of the sheet); `value` is what was
    received, so that nothing is lost; `resume` continues after this row.
    """

    row: int
    column: str | None
    code: str
    sentence: str
    value: str = ""
    resume: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row as received.

    `values` has every heading (blank cells are ""); `place` is for a person ("line 7");
    `notes` flags what is odd but kept; `properties` is set for entity files only.
    """

    number: int
    values: dict[str, str]
    place: str
    notes: tuple[str, ...] = ()
    resume: str = ""
    properties: Mapping[str, tuple[str, ...]] | None = None


@dataclass(frozen=True)
class Limits:
    """How much a file may hold. Sizes in bytes, cells in characters."""

    max_bytes: int = 2048 * MIB
    max_line_bytes: int = 4 * MIB
    max_columns: int = 500
    max_cell_chars: int = 100_000
    max_marks: int = 20
    unzip_ratio: int = 100
    unzip_total: int = 200 * MIB
    unzip_entries: int = 1000
    max_depth: int = 64
    max_digits: int = 40


@dataclass
class Tally:
    """What one pass over a table met: `read == yielded + faults`; blank rows stand apart."""

    yielded: int = 0
    faults: int = 0
    blank: int = 0

    @property
    def read(self) -> int:
        return self.yielded + self.faults

    def count(self, item: Row | Fault) -> None:
        if isinstance(item, Row):
            self.yielded += 1
        else:
            self.faults += 1


class Table(Protocol):
    """An open table; reading starts with `rows` and may be repeated."""

    format: str
    header: tuple[str, ...]
    warnings: tuple[str, ...]
    tally: Tally

    def rows(self, start_row: int = 0, resume: str = "") -> Iterator[Row | Fault]:
        """Rows numbered `start_row` or later, or those after the row that gave `resume`."""
        ...


@dataclass(frozen=True)
class Options:
    """What the sender declared about the file."""

    encoding: str = "utf-8"
    delimiter: str | None = None
    header_row: int = 1
    sheet: str | None = None
    limits: Limits = field(default_factory=Limits)


def check_size(path: Path, limits: Limits) -> int:
    """The size in bytes.

    Raises: FileRefused EMPTY or TOO-LARGE, naming the limit.
    """
    size = path.stat().st_size
    if size == 0:
        raise FileRefused("EMPTY", "The file is empty. Was the export finished before sending?")
    if size > limits.max_bytes:
        raise FileRefused(
            "TOO-LARGE",
            f"The file has {size:,} bytes; the limit is {limits.max_bytes:,}. "
            "Split it and send the parts.",
        )
    return size
