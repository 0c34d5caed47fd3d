"""Telling the apps above what has happened, inside the same transaction.

An app calls the services of the apps below it. What the apps above should know, it announces;
they list what they do about it in their `reactions.py`. A reaction that raises undoes the change.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any

_reactions: dict[type, list[Callable[[Any], None]]] = defaultdict(list)
_listeners: list[list[object]] = []


def on(kind: type) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    def register(reaction: Callable[[Any], None]) -> Callable[[Any], None]:
        _reactions[kind].append(reaction)
        return reaction

    return register


def announce(happening: object) -> None:
    for listener in _listeners:
        listener.append(happening)
    for reaction in _reactions[type(happening)]:
        reaction(happening)


@contextmanager
def listening() -> Iterator[list[object]]:
    """What is announced inside the block, for tests."""
    heard: list[object] = []
    _listeners.append(heard)
    try:
        yield heard
    finally:
        _listeners.remove(heard)


def load_reactions(app: str) -> None:
    """Import the app's `reactions` module, if it has one, so that what it lists is heard."""
    if find_spec(f"{app}.reactions"):
        import_module(f"{app}.reactions")
