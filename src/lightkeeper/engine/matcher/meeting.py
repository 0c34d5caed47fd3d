"""What two texts have in common, as a level of the model asks it.

A test is bound to what is asked once, and then tried on the texts of one candidate after the
other: a text for a field with one value, a tuple of texts for a field with lists. `at` is the
candidate's place, for what is asked of it beyond this field.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lightkeeper.engine.linkage.prepare import Values
from lightkeeper.engine.matcher.slips import similarity, slips
from lightkeeper.engine.records.name_roots import roots_of

# Texts come with one character for each byte (see `as_bytes`).
OfText = Callable[[str, int], bool]
OfTexts = Callable[[tuple[str, ...], int], bool]


def as_bytes(text: str) -> str:
    """One character for each byte of its UTF-8, as DuckDB's distances see it."""
    return text if text.isascii() else text.encode("utf-8", "surrogatepass").decode("latin-1")


def as_text(seen: str) -> str:
    return seen if seen.isascii() else seen.encode("latin-1").decode("utf-8", "surrogatepass")


@dataclass(frozen=True)
class Said:
    """What the asked record says in one field, and the words of its name. `holds` tells whether
    the candidate at a place has any of these values among the words of its own.
    """

    values: Values
    tokens: frozenset[str]
    holds: Callable[[int], bool]

    @cached_property
    def seen(self) -> tuple[str, ...]:
        return tuple(as_bytes(value) for value in self.values)

    @cached_property
    def likeness(self) -> Callable[[str], float]:
        """How alike a text and the nearest asked one are; kept for the next level that asks."""
        known: dict[str, float] = {}
        seen = self.seen

        def likeness(text: str) -> float:
            found = known.get(text)
            if found is None:
                found = known[text] = max([similarity(one, text) for one in seen])
            return found

        return likeness


@dataclass(frozen=True)
class Test:
    """`bind` gives what is tried on each text: any text that passes is enough. With `whole` it
    is tried on all texts of a candidate at once.
    """

    bind: Callable[[Said], Any]
    whole: bool = False
    # That a value is the same: known from the codes, without reading a text.
    same: bool = False

    def of_text(self, said: Said) -> OfText:
        """For a field with one value."""
        bound: Any = self.bind(said)
        return (lambda text, at: bool(bound((text,), at))) if self.whole else bound

    def of_texts(self, said: Said) -> OfTexts:
        """For a field with lists."""
        bound: Any = self.bind(said)
        whole: OfTexts = bound
        return whole if self.whole else lambda texts, at: any(bound(one, at) for one in texts)


def any_of(tests: list[Test]) -> Test:
    return _joined(tests, every=False)


def all_of(tests: list[Test]) -> Test:
    return _joined(tests, every=True)


def _joined(tests: list[Test], *, every: bool) -> Test:
    """Of a field with lists each test may be passed by another text, so it asks the whole."""

    def bind_text(said: Said) -> OfText:
        bound = [test.of_text(said) for test in tests]
        if len(bound) == 2:
            one, two = bound
            if every:
                return lambda text, at: one(text, at) and two(text, at)
            return lambda text, at: one(text, at) or two(text, at)
        together = all if every else any
        return lambda text, at: together(test(text, at) for test in bound)

    def bind_texts(said: Said) -> OfTexts:
        bound = [test.of_texts(said) for test in tests]
        together = all if every else any
        return lambda texts, at: together(test(texts, at) for test in bound)

    return Joined(bind_text, bind_texts=bind_texts)


@dataclass(frozen=True)
class Joined(Test):
    """Several tests as one, bound differently for a text and for all texts of a candidate."""

    bind_texts: Callable[[Said], OfTexts] | None = None

    def of_texts(self, said: Said) -> OfTexts:
        assert self.bind_texts is not None
        return self.bind_texts(said)


def with_any(test: Callable[[str, str], bool]) -> Test:
    """Whether the text passes with any of the asked ones."""

    def bind(said: Said) -> OfText:
        if len(said.seen) == 1:
            one = said.seen[0]
            return lambda text, at: test(one, text)
        return lambda text, at: any(test(one, text) for one in said.seen)

    return Test(bind)


def same() -> Test:
    def bind(said: Said) -> OfText:
        seen = frozenset(said.seen)
        return lambda text, at: text in seen

    return Test(bind, same=True)


def shared(least: int) -> Test:
    """At least so many values in common."""

    def bind(said: Said) -> OfTexts:
        seen = frozenset(said.seen)
        return lambda texts, at: sum(text in seen for text in texts) >= least

    return Test(bind, whole=True)


def alike(at_least: float) -> Test:
    def bind(said: Said) -> OfText:
        likeness = said.likeness
        return lambda text, at: likeness(text) >= at_least

    return Test(bind)


def within(most: int) -> Test:
    """At most so many slips."""
    return with_any(lambda one, text: slips(one, text, most) <= most)


def one_slip() -> Test:
    """One slip, and the first or the last letter the same."""
    return with_any(
        lambda one, text: (
            (one[:1] == text[:1] or one[-1:] == text[-1:]) and slips(one, text, 1) <= 1
        )
    )


def begins() -> Test:
    return with_any(lambda one, text: one.startswith(text) or text.startswith(one))


def same_part(part: Callable[[str], str]) -> Test:
    """This part of both, counted in characters."""

    def bind(said: Said) -> OfText:
        parts = frozenset(part(value) for value in said.values)
        return lambda text, at: part(as_text(text)) in parts

    return Test(bind)


def turned(turn: Callable[[str], str]) -> Test:
    """An asked value is the candidate's, turned about."""

    def bind(said: Said) -> OfText:
        return lambda text, at: turn(as_text(text)) in said.values

    return Test(bind)


def letters_apart(most: int) -> Test:
    """At most so many letters differ, place by place, of texts of one length."""
    return with_any(
        lambda one, text: (
            len(one) == len(text) and sum(x != y for x, y in zip(one, text, strict=True)) <= most
        )
    )


def years_apart(most: int) -> Test:
    """At most so many years between the earliest of both."""

    def bind(said: Said) -> OfTexts:
        year = int(min(said.values)[:4])
        return lambda texts, at: abs(int(min(texts)[:4]) - year) <= most

    return Test(bind, whole=True)


def longer_than(least: int) -> Test:
    """An asked value has more characters than this."""

    def bind(said: Said) -> OfText:
        long = any(len(value) > least for value in said.values)
        return lambda text, at: long

    return Test(bind)


def words_shared() -> Test:
    def bind(said: Said) -> OfText:
        words = frozenset(word for value in said.values for word in value.split(" "))
        return lambda text, at: not words.isdisjoint(as_text(text).split(" "))

    return Test(bind)


def one_root() -> Test:
    """A given name asked for and the candidate's may be forms of one name."""

    def bind(said: Said) -> OfText:
        asked = frozenset(root for value in said.values for root in roots_of(value))
        return lambda text, at: not asked.isdisjoint(roots_of(as_text(text)))

    return Test(bind)


def among_held_tokens() -> Test:
    """An asked value stands among the words of the candidate's name."""
    return Test(lambda said: lambda text, at: said.holds(at))


def among_asked_tokens() -> Test:
    """The candidate's value stands among the words of the asked name."""
    return Test(lambda said: lambda text, at: as_text(text) in said.tokens)
