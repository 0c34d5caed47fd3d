"""Reading CSV: strict, streaming, and able to continue at any row by its byte offset."""

import csv
from collections.abc import Iterator
from pathlib import Path

from lightkeeper.engine.errors import FileRefused
from lightkeeper.engine.formats.cells import check_cells, without_media
from lightkeeper.engine.formats.headings import check_header
from lightkeeper.engine.formats.lines import LineSource
from lightkeeper.engine.formats.table import Fault, Options, Row, Tally, check_size

DELIMITERS = ",;\t|"
ENCODINGS = ("utf-8", "cp1252", "latin-1")
BOM = b"\xef\xbb\xbf"


class _Text:
    """Decoded lines for csv.reader; remembers where the current row began and what it cost.

    A byte that does not decode becomes a surrogate, so that the shape of the row survives; the
    row is then a fault that names the byte.
    """

    def __init__(self, source: LineSource, encoding: str) -> None:
        self.source, self.encoding = source, encoding
        self.begin()

    def begin(self) -> None:
        self.first_line, self.first_offset = self.source.line, self.source.offset
        self.lines: list[str] = []
        self.bad: tuple[int, int] | None = None

    def __iter__(self) -> "_Text":
        return self

    def __next__(self) -> str:
        offset = self.source.offset
        raw = next(self.source)
        if offset == 0 and raw.startswith(BOM):
            offset, raw = len(BOM), raw[len(BOM) :]
        try:
            text = raw.decode(self.encoding)
        except UnicodeDecodeError as error:
            self.bad = self.bad or (offset + error.start, raw[error.start])
            text = raw.decode(self.encoding, "surrogateescape")
        self.lines.append(text)
        return text


class CsvTable:
    """A CSV file, open for reading; row numbers are line numbers in the file."""

    format = "csv"

    def __init__(self, path: Path, options: Options) -> None:
        check_size(path, options.limits)
        if options.encoding not in ENCODINGS:
            raise FileRefused(
                "ENCODING",
                f"The encoding {options.encoding!r} is not read. "
                f"Use one of {', '.join(ENCODINGS)}.",
            )
        self._path, self._options, self._limits = path, options, options.limits
        self.tally = Tally()
        self._read_header()

    def _read_header(self) -> None:
        place = f"Line {self._options.header_row}"
        with LineSource(self._path, self._limits) as source:
            text = _Text(source, self._options.encoding)
            for _ in range(1, self._options.header_row):
                if next(text, None) is None:
                    raise FileRefused("HEADER", f"{place} should hold the headings; it is missing.")
            text.begin()
            sample = next(text, "")
            if not sample.strip("\r\n \t\x00"):
                raise FileRefused(
                    "HEADER", f"{place} should hold the column headings but is blank."
                )
            source.seek(text.first_offset, text.first_line)
            text.begin()
            self._delimiter = self._options.delimiter or find_delimiter(sample)
            cells = self._header_cells(text, place)
            if "\x00" in sample:
                raise FileRefused("NUL", f"{place} holds NUL characters. Is this a text file?")
            self.header, cut = check_header(cells, place, self._limits)
            self._first = (source.offset, source.line)
        self.warnings: tuple[str, ...] = ()
        if cut:
            self.warnings = (f"{place}: {cut} blank headings at the end were left out.",)

    def _header_cells(self, text: _Text, place: str) -> list[str]:
        try:
            cells = next(csv.reader(text, delimiter=self._delimiter, strict=True))
        except (csv.Error, StopIteration) as error:
            raise FileRefused("HEADER", f"{place}: the headings cannot be read: {error}.") from None
        if text.bad:
            raise FileRefused("ENCODING", f"{place}: {_bad_byte(text.bad, text.encoding)}")
        return cells

    def rows(self, start_row: int = 0, resume: str = "") -> Iterator[Row | Fault]:
        """Rows from line `start_row`, or after the row that gave `resume`.

        Raises: FileRefused LINE-TOO-LONG; RESUME if the token is not one of ours.
        """
        self.tally = Tally()
        offset, line = read_token(resume) if resume else self._first
        with LineSource(self._path, self._limits) as source:
            source.seek(offset, line)
            text = _Text(source, self._options.encoding)
            reader = csv.reader(text, delimiter=self._delimiter, strict=True)
            while (item := self._next(reader, text)) is not None:
                if text.first_line >= start_row:
                    self.tally.count(item)
                    yield item

    def _next(self, reader: "Iterator[list[str]]", text: _Text) -> Row | Fault | None:
        """The next row or fault; None at the end of the file."""
        while True:
            text.begin()
            try:
                cells = next(reader)
            except StopIteration:
                return None
            except csv.Error as error:
                return self._recover(text, str(error))
            if any(cells):
                return self._judge(cells, text)
            self.tally.blank += 1

    def _judge(self, cells: list[str], text: _Text) -> Row | Fault:
        number, resume = text.first_line, f"{text.source.offset}:{text.source.line}"
        if text.bad:
            sentence = f"Line {number}: {_bad_byte(text.bad, text.encoding)}"
            value = without_media(escaped("".join(text.lines)))
            return Fault(number, None, "ENCODING", sentence, value, resume)
        width = len(self.header)
        if len(cells) != width:
            while len(cells) > width and not cells[-1]:
                cells.pop()
            if len(cells) != width:
                return self._ragged(cells, text, resume)
        fault, notes = check_cells(self.header, cells, number, self._limits)
        if fault:
            return Fault(number, fault.column, fault.code, fault.sentence, fault.value, resume)
        last = text.source.line - 1
        place = f"line {number}" if last == number else f"lines {number} to {last}"
        return Row(number, dict(zip(self.header, cells, strict=True)), place, notes, resume)

    def _ragged(self, cells: list[str], text: _Text, resume: str) -> Fault:
        number, wanted = text.first_line, len(self.header)
        fault, _ = check_cells(("?",) * len(cells), cells, number, self._limits)
        if fault and fault.code == "MEDIA":
            return Fault(number, None, fault.code, fault.sentence, fault.value, resume)
        sentence = (
            f"Line {number} has {len(cells)} cells where the headings have {wanted}. "
            "Is a separator missing, or a comma inside a cell without quotes?"
        )
        return Fault(number, None, "RAGGED", sentence, "".join(text.lines), resume)

    def _recover(self, text: _Text, error: str) -> Fault:
        """Give up the line where the row began, and go on with the next one."""
        number, first = text.first_line, text.lines[0] if text.lines else ""
        quote_line = open_quote_line(text.lines, number)
        if quote_line is not None and ("end of data" in error or "limit" in error):
            code = "QUOTE"
            sentence = (
                f"A quote opened on line {quote_line} is never closed. "
                "Close it, or double it if it belongs to the text."
            )
        elif "limit" in error:
            code = "CELL-LONG"
            sentence = (
                f"Line {number} has a cell longer than {csv.field_size_limit():,} characters."
            )
        else:
            code = "QUOTE"
            sentence = (
                f"Line {number}: quotes are not paired ({error}). A quote inside a quoted cell "
                "must be doubled."
            )
        raw_bytes = first.encode(text.encoding, "surrogateescape")
        bom = len(BOM) if text.first_offset == 0 else 0
        text.source.seek(text.first_offset + bom + len(raw_bytes), number + 1)
        resume = f"{text.source.offset}:{text.source.line}"
        return Fault(number, None, code, sentence, without_media(escaped(first)), resume)


def find_delimiter(line: str) -> str:
    """The separator that occurs most outside quotes in the heading line; a comma if none."""
    outside = "".join(line.split('"')[::2])
    return max(DELIMITERS, key=lambda mark: (outside.count(mark), -DELIMITERS.index(mark)))


def open_quote_line(lines: list[str], first_line: int) -> int | None:
    """The number of the line on which the quote that stays open was opened."""
    # A doubled quote is a quote in the text; what remains opens and closes in turn.
    counts = [line.replace('""', "").count('"') for line in lines]
    if sum(counts) % 2 == 0:
        return None
    return first_line + max(index for index, count in enumerate(counts) if count)


def read_token(resume: str) -> tuple[int, int]:
    """Byte offset and line number from a resume token.

    Raises: FileRefused RESUME.
    """
    offset, _, line = resume.partition(":")
    if not (offset.isdecimal() and line.isdecimal()):
        raise FileRefused("RESUME", f"{resume!r} is not a place in a CSV file.")
    return int(offset), int(line)


def escaped(text: str) -> str:
    """The text with undecodable bytes written as \\xNN, so that it can be stored and shown."""
    return "".join(f"\\x{ord(c) - 0xDC00:02X}" if 0xDC80 <= ord(c) <= 0xDCFF else c for c in text)


def _bad_byte(bad: tuple[int, int], encoding: str) -> str:
    offset, byte = bad
    hint = " If it was saved as 'ANSI' or 'Windows', declare cp1252." if encoding == "utf-8" else ""
    return f"byte 0x{byte:02X} at offset {offset} is not {encoding}.{hint}"
