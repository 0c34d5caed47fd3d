"""Log lines: one line each, with references and never a person's data."""

import logging

CONTROLS = {code: f"\\x{code:02x}" for code in [*range(32), 127]}


class OneLine(logging.Formatter):
    """No value can forge a line or colour a terminal: control characters are written out."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        head, *rest = line.split("\n")
        # A traceback keeps its lines, each marked as a continuation.
        return "\n    ".join(part.translate(CONTROLS) for part in (head, *rest))
