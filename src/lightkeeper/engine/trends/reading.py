"""Reading a table for trends: a day, labels, perhaps a day of report and an amount, on each row."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from lightkeeper.engine.errors import EngineError, FormatError
from lightkeeper.engine.formats import Fault, open_table
from lightkeeper.engine.trends.counting import Labels
from lightkeeper.engine.trends.periods import Size, read_day

NOT_RECORDED = "not recorded"
MOST_AMOUNT = 1_000_000_000
Say = Callable[[str], None]


@dataclass(frozen=True)
class Columns:
    """Which headings say what."""

    day: str
    by: tuple[str, ...]
    reported: str | None = None
    amount: str | None = None


@dataclass
class Rows:
    """What was read, row by row; `reported` is empty unless it was asked for."""

    days: list[date] = field(default_factory=list)
    labels: list[Labels] = field(default_factory=list)
    reported: list[date] = field(default_factory=list)
    amounts: list[int] = field(default_factory=list)


def read_rows(path: Path | str, columns: Columns, size: Size, say: Say = print) -> Rows:
    """The rows of a file. One that cannot be counted is left out, and how many is said.

    Raises: EngineError if there is no file; FormatError if a column is missing or no row is left.
    """
    path = Path(path)
    if not path.is_file():
        raise EngineError(f"There is no file {path}.")
    table = open_table(path)
    _check_header(path.name, table.header, columns)
    read, left_out = Rows(), Counter[str]()
    for item in table.rows():
        if isinstance(item, Fault):
            left_out[item.sentence.partition(": ")[2] or item.sentence] += 1
            continue
        try:
            _take(read, item.values, columns, size)
        except FormatError as error:
            left_out[str(error)] += 1
    for why, many in left_out.most_common(5):
        say(f"{path.name}: {many} {'row' if many == 1 else 'rows'} left out. {why}")
    if more := sum(left_out.values()) - sum(many for _, many in left_out.most_common(5)):
        say(f"{path.name}: {more} more rows left out, for other reasons.")
    if not read.days:
        raise FormatError(f"{path.name} has no row that can be counted.")
    return read


def read_population(path: Path | str, column: str) -> dict[str, dict[int | None, float]]:
    """How many each label of `column` is out of, by year, or under None if the file has no year.

    Raises: EngineError if there is no file; FormatError that names the row.
    """
    path = Path(path)
    if not path.is_file():
        raise EngineError(f"There is no file {path}.")
    table = open_table(path)
    found: dict[str, dict[int | None, float]] = {}
    _need(path.name, table.header, [column, "population"])
    for item in table.rows():
        if isinstance(item, Fault):
            raise FormatError(f"{path.name}: {item.sentence}")
        many, year = item.values["population"].replace(",", ""), item.values.get("year", "").strip()
        where = f"{path.name}, {item.place}"
        if not many.strip().isdecimal() or int(many) == 0:
            raise FormatError(f"{where}: a population is a whole number above 0, not {many!r}.")
        if year and not year.isdecimal():
            raise FormatError(f"{where}: {year!r} is no year.")
        years = found.setdefault(item.values[column].strip(), {})
        key = int(year) if year else None
        if key in years:
            raise FormatError(f"{where}: this label and year stand there twice.")
        years[key] = float(many)
    return found


def _check_header(name: str, header: Sequence[str], columns: Columns) -> None:
    asked = [columns.day, *columns.by, columns.reported, columns.amount]
    _need(name, header, [one for one in asked if one is not None])


def _need(name: str, header: Sequence[str], asked: Sequence[str]) -> None:
    for one in asked:
        if one not in header:
            raise FormatError(f"{name} has no column {one}. It has {', '.join(header)}.")


def _take(read: Rows, values: Mapping[str, str], columns: Columns, size: Size) -> None:
    day = read_day(values[columns.day], size)
    amount = values[columns.amount].strip().replace(",", "") if columns.amount else "1"
    if not amount.isdecimal() or int(amount) > MOST_AMOUNT:
        raise FormatError("The amount is no whole number, nought or more.")
    if columns.reported:
        reported = read_day(values[columns.reported], Size.WEEK)
        if reported < day:
            raise FormatError("It was reported before it happened.")
        read.reported.append(reported)
    read.days.append(day)
    read.labels.append(tuple(values[one].strip() or NOT_RECORDED for one in columns.by))
    read.amounts.append(int(amount))
