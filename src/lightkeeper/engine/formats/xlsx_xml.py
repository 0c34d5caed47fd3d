"""Walking the XML of a workbook part with bounded memory: no DTD, no deep nesting, no hoarding."""

import zipfile
from collections.abc import Iterator
from typing import IO
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from lightkeeper.engine.errors import FileRefused

MAX_DEPTH = 100
MAX_HELD = 500_000


class XmlWalk:
    """Elements of a part as each one ends; `forget` those that are dealt with.

    Raises while walking: FileRefused XML (damaged, a DTD, too deep) or BOMB (too many elements
    at once, which no real row, text or list of styles has).
    """

    def __init__(self, file: IO[bytes], part: str) -> None:
        self._file, self._part = file, part
        self._open: list[Element] = []
        self._held = 0

    def __iter__(self) -> Iterator[Element]:
        try:
            for event, element in iterparse(self._file, events=("start", "end"), forbid_dtd=True):
                if event == "end":
                    self._open.pop()
                    yield element
                else:
                    self._open.append(element)
                    self._held += 1
                    self._check()
        except (ParseError, DefusedXmlException, zipfile.BadZipFile) as error:
            raise FileRefused("XML", f"The part {self._part!r} is damaged: {error}.") from None

    def forget(self, element: Element) -> None:
        """Let go of an element that has ended, and of its elder siblings."""
        element.clear()
        if self._open:
            self._open[-1].clear()
        self._held = len(self._open)

    def _check(self) -> None:
        if len(self._open) > MAX_DEPTH:
            raise FileRefused("XML", f"The part {self._part!r} nests deeper than {MAX_DEPTH}.")
        if self._held > MAX_HELD:
            raise FileRefused(
                "BOMB", f"The part {self._part!r} has more than {MAX_HELD:,} elements in one place."
            )
