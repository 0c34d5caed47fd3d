"""Reading the environment, loudly: what is missing or misspelt stops the start."""

import os
from pathlib import Path

EXAMPLE = "See the line for it in .env.example."


class BadSetting(RuntimeError):
    """A setting is missing or not one of the words it may be."""


def text(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, default)
    if value is None:
        raise BadSetting(f"{name} is not set. {EXAMPLE}")
    return value


def flag(name: str, default: bool = False) -> bool:
    value = os.environ.get(name)
    if value is None or value == "":
        return default
    if value not in ("yes", "no"):
        raise BadSetting(f"{name} is {value!r}; it may be yes or no. {EXAMPLE}")
    return value == "yes"


def number(name: str, default: int) -> int:
    value = os.environ.get(name, str(default))
    if not value.isdigit():
        raise BadSetting(f"{name} is {value!r}; it may be a whole number. {EXAMPLE}")
    return int(value)


def secret(name: str, made_at: Path | None = None, default: str | None = None) -> str:
    """The secret itself, or the contents of the file that `<name>_FILE` names.

    With `made_at`, a secret is made there on first use: for a trial on one machine.
    """
    if value := os.environ.get(name):
        return value
    if file := os.environ.get(f"{name}_FILE"):
        return Path(file).read_text().strip()
    if default is not None:
        return default
    if made_at is None:
        raise BadSetting(f"Neither {name} nor {name}_FILE is set. {EXAMPLE}")
    if not made_at.exists():
        made_at.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(made_at, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(os.urandom(48).hex())
    return made_at.read_text().strip()
