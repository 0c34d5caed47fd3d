"""Log lines: one line each, with references and never a person's data."""

import logging
import traceback
from types import TracebackType

CONTROLS = {code: f"\\x{code:02x}" for code in [*range(32), 127]}

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
