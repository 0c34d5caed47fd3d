"""Writing what others read: CSV that is safe in a spreadsheet, and entities one a line."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TextIO

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(text: str) -> str:
    """The cell with an apostrophe in front if a spreadsheet would run it as a formula.

    A text that already begins with an apostrophe gets one more, so that `read_csv_cell` is exact.
    Source: OWASP ASVS 5.0 1.2.10.
    """
    # '=1 is text already, but without one more apostrophe it would read back as =1.
    return "'" + text if text.startswith(_RISKY) or text.startswith("'") else text


def read_csv_cell(text: str) -> str:
    """What `safe_cell` was given."""
    rest = text[1:]
    if text.startswith("'") and (rest.startswith(_RISKY) or rest.startswith("'")):
        return rest
    return text


def write_csv(
    file: TextIO,
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    for_spreadsheet: bool = True,
) -> int:
    """Write a table as CSV (comma, \\r\\n, quotes where needed); how many rows.

    `for_spreadsheet` guards every cell with `safe_cell`. Open the file with newline="" and UTF-8.
    """
    guard = safe_cell if for_spreadsheet else str
    writer = csv.writer(file)
    writer.writerow([guard(name) for name in header])
    count = 0
    for cells in rows:
        if len(cells) == 1 and not cells[0]:
            file.write('""\r\n')
        else:
            writer.writerow([guard(cell) for cell in cells])
        count += 1
    return count


def write_ftm(
    file: TextIO, entities: Iterable[tuple[str, str, Mapping[str, Iterable[str]]]]
) -> int:
    """Write (id, schema, properties) as FollowTheMoney JSON lines, keys sorted; how many."""
    count = 0
    for identifier, schema, properties in entities:
        entity = {
            "id": identifier,
            "properties": {name: list(texts) for name, texts in properties.items()},
            "schema": schema,
        }
        file.write(json.dumps(entity, sort_keys=True) + "\n")
        count += 1
    return count
