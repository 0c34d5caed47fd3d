"""Reading a file of ties: source, target and weight on each line, without a header."""

import codecs
import csv
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lightkeeper.engine.errors import EngineError, FormatError
from lightkeeper.engine.network.ties import Ties, ties_of

DELIMITERS = "\t;|,"
HEADERS = {"source", "from", "src", "source_id", "caller"}
WEIGHTS = {"weight", "w", "value", "count", "strength", "calls"}
LONGEST = 10_000
# Beyond these sums of weights, or one over them, are no numbers any more.
LEAST, MOST = 1e-15, 1e15
Say = Callable[[str], None]


@dataclass(slots=True)
class _Read:
    numbers: dict[str, int] = field(default_factory=dict)
    one: list[int] = field(default_factory=list)
    two: list[int] = field(default_factory=list)
    weight: list[float] = field(default_factory=list)
    columns: int = 0
    to_themselves: int = 0
    nought: int = 0


def read_ties_csv(path: Path | str, say: Say = print) -> Ties:
    """The ties of a file of two or three columns, people numbered as they are first named.

    Columns part at tabs, commas, semicolons, upright strokes or blanks. Without a third column
    each line weighs 1. Lines of one pair, in either direction, are one tie whose weights add up;
    somebody tied only to themselves, or with weight 0, stands alone. What was passed over is said.
    Raises: EngineError if there is no file; FormatError that names the line.
    """
    path = Path(path)
    if not path.is_file():
        raise EngineError(f"There is no file {path}.")
    read = _Read()
    apart = ""
    for line, text in _lines(path, say):
        apart = apart or _delimiter(text)
        fields = _fields(text, apart, path.name, line)
        if not read.numbers and _is_header(fields):
            say(f"Line {line} of {path.name} is a header. It was passed over.")
            continue
        _take(read, fields, apart, f"Line {line} of {path.name}")
    if not read.numbers:
        raise FormatError(f"{path.name} holds no ties. Each line has a source, a target, a weight.")
    ties = ties_of(list(read.numbers), read.one, read.two, read.weight)
    _say_left_out(read, ties, path.name, say)
    return ties


def _lines(path: Path, say: Say) -> Iterator[tuple[int, str]]:
    """Each line that says anything, with its number from 1."""
    data = path.read_bytes()
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    else:
        encoding = "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        say(f"{path.name} is not UTF-8. It was read as Windows-1252.")
        text = data.decode("cp1252", errors="replace")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for number, line in enumerate(text.split("\n"), 1):
        if "\0" in line or len(line) > LONGEST:
            raise FormatError(f"Line {number} of {path.name} is not text, or too long.")
        if line.strip().strip(DELIMITERS).strip():
            yield number, line


def _delimiter(line: str) -> str:
    """What parts the first line into three columns, or else two; a blank stands for any blanks."""
    counted = {}
    for one in DELIMITERS:
        fields = next(csv.reader([line], delimiter=one))
        while len(fields) > 1 and not fields[-1].strip():
            fields.pop()
        counted[one] = len(fields)
    for wanted in (3, 2):
        for one, columns in counted.items():
            if columns == wanted:
                return one
    return max(counted, key=lambda one: counted[one]) if max(counted.values()) > 1 else " "


def _fields(line: str, apart: str, name: str, number: int) -> list[str]:
    if apart == " ":
        found = line.split()
    else:
        try:
            found = next(csv.reader([line], delimiter=apart, strict=True))
        except csv.Error as error:
            raise FormatError(f"Line {number} of {name} cannot be read: {error}.") from error
    found = [one.strip() for one in found]
    while len(found) > 3 and not found[-1]:
        found.pop()
    if not 2 <= len(found) <= 3:
        raise FormatError(
            f"Line {number} of {name}: expected a source, a target and a weight, found "
            f"{len(found)} {'column' if len(found) == 1 else 'columns'}."
        )
    return found


def _is_header(fields: list[str]) -> bool:
    weighed = len(fields) == 3 and fields[2].casefold() in WEIGHTS
    return weighed or fields[0].casefold() in HEADERS


def _take(read: _Read, fields: list[str], apart: str, where: str) -> None:
    read.columns = read.columns or len(fields)
    if len(fields) != read.columns:
        raise FormatError(f"{where} has {len(fields)} columns; those before have {read.columns}.")
    source, target = fields[:2]
    if not source or not target:
        raise FormatError(f"{where}: the {'target' if source else 'source'} is empty.")
    weight = _weight(fields[2], apart, where) if len(fields) == 3 else 1.0
    one, two = (read.numbers.setdefault(name, len(read.numbers)) for name in (source, target))
    if one == two:
        read.to_themselves += 1
    elif not weight:
        read.nought += 1
    else:
        read.one.append(one)
        read.two.append(two)
        read.weight.append(weight)


def _weight(text: str, apart: str, where: str) -> float:
    try:
        weight = float(text if apart == "," else text.replace(",", "."))
    except ValueError:
        weight = math.nan
    if not (weight == 0 or LEAST <= weight <= MOST):
        raise FormatError(
            f"{where}: a weight is a number, nought or more (at most 1e15), and stands third; "
            f"found {text or 'nothing'}."
        )
    return weight


def _say_left_out(read: _Read, ties: Ties, name: str, say: Say) -> None:
    for count, why in (
        (read.to_themselves, "of somebody to themselves, passed over"),
        (read.nought, "of weight 0, passed over"),
        (len(read.one) - len(ties.one), "of a pair that had one already, added to it"),
    ):
        if count:
            say(f"{name}: {count} {'line' if count == 1 else 'lines'} {why}.")
