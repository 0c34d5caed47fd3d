"""An answer without what differs between any two, and the addresses that are asked."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django.http import HttpResponse
from django.urls import get_resolver


@dataclass(frozen=True)
class Answer:
    """What came back, without what differs between any two answers."""

    status: int
    body: str
    headers: tuple[tuple[str, str], ...]
    events: tuple[tuple[str, tuple[str, ...]], ...]


def addresses() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each name in the resolver with the words that its address takes."""

    def walk(resolver: Any, space: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
        for pattern in resolver.url_patterns:
            if hasattr(pattern, "url_patterns"):
                inside = f"{space}{pattern.namespace}:" if pattern.namespace else space
                yield from walk(pattern, inside)
            else:
                yield f"{space}{pattern.name}", tuple(pattern.pattern.converters)

    return walk(get_resolver())


def plain_answer(
    response: HttpResponse, events: list, words: tuple[str, ...], given: Any
) -> Answer:
    asked = [*words, *(v for v in (given or {}).values() if isinstance(v, str) and "-" in v)]

    def plain(text: str) -> str:
        for word in asked:
            text = text.replace(word, "WORD")
        text = re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")\w+', r"\1TOKEN", text)
        text = re.sub(r"<time [^>]*>", "<time>", text)
        text = re.sub(r"\b(?:ASK|PTR)-[0-9A-Z]{9}-[0-9A-Z]\b", "NEW", text)
        text = re.sub(r"\b\d+\s(?:minute|hour)s?(?: ago)?|just now", "A WHILE", text)
        return re.sub(r"\b[0-9a-f]{16}\b", "NUMBER", text)

    body = response.content.decode() if not response.streaming else "streamed"
    headers = [
        (name, "; ".join(sorted(plain(value).split("; "))))
        for name, value in response.headers.items()
        if name != "Expires"  # the second in which it was asked
    ]
    headers += [("Set-Cookie", name) for name in response.cookies]
    said = tuple((did, tuple(plain(word) for word in references)) for did, references in events)
    return Answer(response.status_code, plain(body), tuple(sorted(headers)), said)


def differs(one: Answer, other: Answer) -> list[tuple[str, Any, Any]]:
    """The parts in which two answers differ, the body by its lines."""
    parts = [("status", one.status, other.status), ("events", one.events, other.events)]
    parts += [("header", a, b) for a, b in zip_longest(one.headers, other.headers)]
    lines = (one.body.splitlines(), other.body.splitlines())
    parts += [("line", a, b) for a, b in zip_longest(*lines)]
    return [part for part in parts if part[1] != part[2]]
