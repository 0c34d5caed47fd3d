"""FollowTheMoney entities, one JSON object a line: {"id", "schema", "properties": {name: [text]}}.

Source: the entity format of alephdata/followthemoney (MIT), as in data/ftm.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lightkeeper.engine.errors import FileRefused
from lightkeeper.engine.formats.cells import check_cells, without_media
from lightkeeper.engine.formats.csv_table import BOM, read_token
from lightkeeper.engine.formats.lines import LineSource
from lightkeeper.engine.formats.strict_json import BadJson, read_json
from lightkeeper.engine.formats.table import Fault, Limits, Options, Row, Tally, check_size


class FtmTable:
    """A file of entities; row numbers are line numbers."""

    format = "ftm_jsonl"
    header: tuple[str, ...] = ("id", "schema")
    warnings: tuple[str, ...] = ()

    def __init__(self, path: Path, options: Options) -> None:
        check_size(path, options.limits)
        self._path, self._limits = path, options.limits
        self.tally = Tally()
        with path.open("rb") as file:
            start = file.read(4096).removeprefix(BOM).lstrip()
        if start.startswith(b"["):
            raise FileRefused(
                "TYPE",
                "The file is one JSON list. Send JSON lines: one entity on each line, "
                "without the outer brackets and commas.",
            )

    def rows(self, start_row: int = 0, resume: str = "") -> Iterator[Row | Fault]:
        """Entities from line `start_row`, or after the line that gave `resume`.

        Raises: FileRefused LINE-TOO-LONG or RESUME.
        """
        self.tally = Tally()
        with LineSource(self._path, self._limits) as source:
            if resume:
                source.seek(*read_token(resume))
            while True:
                number, offset = source.line, source.offset
                raw = next(source, None)
                if raw is None:
                    return
                if offset == 0:
                    raw = raw.removeprefix(BOM)
                if not raw.strip():
                    self.tally.blank += 1
                elif number >= start_row:
                    item = read_line(
                        raw, number, offset, f"{source.offset}:{source.line}", self._limits
                    )
                    self.tally.count(item)
                    yield item


def read_line(raw: bytes, number: int, offset: int, resume: str, limits: Limits) -> Row | Fault:
    """One line as an entity row, or the fault that names what is wrong with it.

    `number` is the line, `offset` its first byte.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        sentence = (
            f"Line {number}: byte 0x{raw[error.start]:02X} at offset {offset + error.start} "
            "is not utf-8. Export the file as UTF-8."
        )
        kept = without_media(raw.decode("utf-8", "backslashreplace"))
        return Fault(number, None, "ENCODING", sentence, kept, resume)
    kept = without_media(text.rstrip("\r\n").replace("\x00", "\\x00"))
    try:
        value = read_json(text, max_depth=limits.max_depth, max_digits=limits.max_digits)
    except BadJson as error:
        sentence = f"Line {number}: {error.sentence}. Correct the line and send it again."
        return Fault(number, None, error.code, sentence, kept, resume)
    found = _entity(value, number)
    if isinstance(found, Fault):
        return Fault(number, found.column, found.code, found.sentence, kept, resume)
    values, properties = found
    names = [name for name, texts in properties.items() for _ in texts]
    cells = [text for texts in properties.values() for text in texts]
    header, texts = [*values, *names], [*values.values(), *cells]
    fault, notes = check_cells(header, texts, number, limits)
    if fault:
        return Fault(number, fault.column, fault.code, fault.sentence, kept, resume)
    return Row(number, values, f"line {number}", notes, resume, properties)


_Entity = tuple[dict[str, str], dict[str, tuple[str, ...]]]


def _entity(value: Any, number: int) -> "_Entity | Fault":
    def wrong(pointer: str, code: str, sentence: str) -> Fault:
        return Fault(
            number, pointer or None, code, f"Line {number}, {pointer or 'value'}: {sentence}"
        )

    if not isinstance(value, dict):
        return wrong("", "VALUE-TYPE", "expected an entity { … }, one a line.")
    for key, code in (("id", "ID"), ("schema", "SCHEMA")):
        text = value.get(key)
        if not isinstance(text, str) or not text.strip():
            return wrong(f"/{key}", code, f"every entity needs a text under {key!r}.")
    properties = value.get("properties", {})
    if not isinstance(properties, dict):
        return wrong("/properties", "VALUE-TYPE", "expected { name: [texts] }.")
    kept: dict[str, tuple[str, ...]] = {}
    for name, texts in properties.items():
        if not isinstance(texts, list):
            return wrong(f"/properties/{name}", "VALUE-TYPE", "expected a list of texts.")
        for position, text in enumerate(texts):
            if not isinstance(text, str):
                return wrong(
                    f"/properties/{name}/{position}", "VALUE-TYPE",
                    f"expected a text, found {type(text).__name__}. Put it in quotes.",
                )  # fmt: skip
        kept[name] = tuple(texts)
    others = {
        key: inner if isinstance(inner, str) else json.dumps(inner, ensure_ascii=False)
        for key, inner in value.items()
        if key != "properties"
    }
    return others, kept
