"""Errors the engine raises.

EngineError
  FormatError    a file or message does not follow its format
    FileRefused  the whole file cannot be read, with a code and the place
  MappingError   a mapping of columns to properties is not usable
  ConflictError  decisions contradict one another
  ShapeError     an array does not have the shape or type asked for
  UnknownKey     nothing of that key is there, or in sight: the two read the same
"""


class EngineError(Exception):
    """Base of every error the engine raises on purpose."""


class FormatError(EngineError):
    """A file or message does not follow its format."""


class FileRefused(FormatError):
    """A whole file cannot be read: `code` for the machine, the sentence for the sender."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class MappingError(EngineError):
    """A mapping of columns to properties is not usable; the text names the key path."""


class ConflictError(EngineError):
    """Decisions contradict one another; the text names them."""


class ShapeError(EngineError):
    """An array does not have the shape or type asked for."""


class UnknownKey(EngineError):
    """Nothing of that key is there, or nothing that this viewer may see: the two read the same."""

    def __init__(self, key: int | str) -> None:
        super().__init__(f"There is no {key!r}, or it is not shared with you.")
