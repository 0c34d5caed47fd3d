"""One way in: open any table by what it is."""

from pathlib import Path

from lightkeeper.engine.errors import FileRefused
from lightkeeper.engine.formats.csv_table import CsvTable
from lightkeeper.engine.formats.ftm_jsonl import FtmTable
from lightkeeper.engine.formats.sniff import sniff
from lightkeeper.engine.formats.table import Limits, Options, Table, check_size


def open_table(
    path: Path | str,
    format: str | None = None,
    *,
    limits: Limits | None = None,
    name: str | None = None,
    encoding: str = "utf-8",
    delimiter: str | None = None,
    header_row: int = 1,
    sheet: str | None = None,
) -> Table:
    """Open a file of rows for reading.

    Arguments: `name` is the sender's file name if the stored one differs; `format` is one of
    FORMATS and is found when absent; the content must agree with it either way.
    Raises: FileRefused with a code (see README) when nothing of the file can be read.
    """
    limits = limits or Limits()
    path = Path(path)
    check_size(path, limits)
    found = sniff(path, name, limits=limits)
    if format is not None and format != found:
        raise FileRefused("TYPE", f"The file was declared as {format} but holds {found}.")
    return _read(found, path, Options(encoding, delimiter, header_row, sheet, limits))


def _read(format: str, path: Path, options: Options) -> Table:
    # Imported here: Arrow alone takes most of a second, and few files need it.
    if format == "xlsx":
        from lightkeeper.engine.formats.xlsx_table import XlsxTable

        return XlsxTable(path, options)
    if format == "parquet":
        from lightkeeper.engine.formats.parquet_table import ParquetTable

        return ParquetTable(path, options)
    if format == "ftm_jsonl":
        return FtmTable(path, options)
    return CsvTable(path, options)
