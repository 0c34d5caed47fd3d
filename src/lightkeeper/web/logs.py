"""Log lines: one line each, with references and never a person's data."""

import logging
import os
import select
import traceback
from types import TracebackType

CONTROLS = {code: f"\\x{code:02x}" for code in [*range(32), 127]}
# As much as a pipe takes in one piece, or not at all.
PIECE_BYTES = 4096
PATIENCE_SECONDS = 0.2

Failure = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class OneLine(logging.Formatter):
    """No value can forge a line or colour a terminal: control characters are written out.

    Of a failure the log has where it happened and what kind it was. What it says is left out:
    databases and readers put the value that they stumbled over into their messages.
    """

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        head, *rest = line.split("\n")
        # A traceback keeps its lines, each marked as a continuation.
        return "\n    ".join(part.translate(CONTROLS) for part in (head, *rest))

    def formatException(self, ei: Failure) -> str:
        failure, lines, known = ei[1], [], set()
        while failure is not None and id(failure) not in known:
            known.add(id(failure))
            lines.append(_kind_of(failure))
            lines += [
                f"  {frame.filename}:{frame.lineno} in {frame.name}"
                for frame in traceback.extract_tb(failure.__traceback__)
            ]
            failure = failure.__cause__ or failure.__context__
            if failure is not None:
                lines.append("because of")
        return "\n".join(lines)


def _kind_of(failure: BaseException) -> str:
    name = f"{type(failure).__module__}.{type(failure).__qualname__}"
    state = getattr(failure, "sqlstate", None)
    return f"{name} {state}" if state else name


class NeverWaiting(logging.StreamHandler):
    """Writes to standard error, and loses lines rather than the work when nobody reads them."""

    lost = 0

    def emit(self, record: logging.LogRecord) -> None:
        try:
            file = self.stream.fileno()
        except (AttributeError, OSError, ValueError):
            super().emit(record)  # no file behind it: a test listens
            return
        try:
            text = self.format(record) + self.terminator
            if self.lost:
                text = f"{self.lost} lines were lost: nobody read them in time\n{text}"
            self.lost = 0 if self._written(file, text) else self.lost + 1
        except Exception:
            self.handleError(record)

    def _written(self, file: int, text: str) -> bool:
        data = text.encode(errors="backslashreplace")
        for start in range(0, len(data), PIECE_BYTES):
            _, ready, _ = select.select([], [file], [], 0 if self.lost else PATIENCE_SECONDS)
            if not ready:
                return False
            os.write(file, data[start : start + PIECE_BYTES])
        return True
