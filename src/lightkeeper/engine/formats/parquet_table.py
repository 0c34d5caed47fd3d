"""Reading Parquet in batches; row numbers count from 1."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lightkeeper.engine.errors import FileRefused
from lightkeeper.engine.formats.cells import check_cells
from lightkeeper.engine.formats.headings import check_header
from lightkeeper.engine.formats.plain import as_text
from lightkeeper.engine.formats.table import Fault, Options, Row, Tally, check_size

BATCH_ROWS = 4096


class ParquetTable:
    """A Parquet file of plain columns (texts, numbers, dates, booleans)."""

    format = "parquet"

    def __init__(self, path: Path, options: Options) -> None:
        check_size(path, options.limits)
        self._path, self._limits = path, options.limits
        self.tally = Tally()
        self.warnings: tuple[str, ...] = ()
        with self._open() as file:
            schema = file.schema_arrow
            size = sum(
                file.metadata.row_group(i).total_byte_size for i in range(file.num_row_groups)
            )
        if size > self._limits.max_bytes:
            raise FileRefused(
                "BOMB",
                f"The file unpacks to {size:,} bytes; the limit is {self._limits.max_bytes:,}.",
            )
        self.header, _ = check_header(list(schema.names), "The schema", self._limits)
        for field in schema:
            if pa.types.is_nested(field.type) or _is_bytes(field.type):
                raise FileRefused(
                    "TYPE",
                    f"Column {field.name!r} holds {field.type}, not single texts, "
                    "numbers or dates. Leave it out or flatten it.",
                )

    def _open(self) -> Any:
        try:
            return pq.ParquetFile(self._path)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise FileRefused("TYPE", f"The Parquet file cannot be read: {error}") from None

    def rows(self, start_row: int = 0, resume: str = "") -> Iterator[Row | Fault]:
        """Rows from `start_row` (1 is the first), or after the row that gave `resume`.

        Raises: FileRefused TYPE if a page is damaged, RESUME if the token is not a number.
        """
        self.tally = Tally()
        if resume and not resume.isdecimal():
            raise FileRefused("RESUME", f"{resume!r} is not a row of a Parquet file.")
        first = int(resume) + 1 if resume else max(start_row, 1)
        with self._open() as file:
            groups, number = _groups_from(file, first)
            try:
                for batch in file.iter_batches(batch_size=BATCH_ROWS, row_groups=groups):
                    for cells in zip(*(c.to_pylist() for c in batch.columns), strict=True):
                        if number >= first:
                            item = self._row(cells, number)
                            self.tally.count(item)
                            yield item
                        number += 1
            except (pa.ArrowException, OSError) as error:
                raise FileRefused("TYPE", f"Row {number}: the file is damaged: {error}") from None

    def _row(self, cells: tuple[Any, ...], number: int) -> Row | Fault:
        texts = [as_text(cell) for cell in cells]
        fault, notes = check_cells(self.header, texts, number, self._limits)
        if fault:
            resume = str(number)
            return Fault(number, fault.column, fault.code, fault.sentence, fault.value, resume)
        values = dict(zip(self.header, texts, strict=True))
        return Row(number, values, f"row {number}", notes, str(number))


def _is_bytes(kind: Any) -> bool:
    return bool(
        pa.types.is_binary(kind) or pa.types.is_large_binary(kind)
        or pa.types.is_fixed_size_binary(kind) or pa.types.is_binary_view(kind)
    )  # fmt: skip


def _groups_from(file: Any, first: int) -> tuple[list[int], int]:
    """The row groups that hold row `first` and later, and the number of their first row."""
    number = 1
    for group in range(file.num_row_groups):
        size = file.metadata.row_group(group).num_rows
        if number + size > first:
            return list(range(group, file.num_row_groups)), number
        number += size
    return [], number
