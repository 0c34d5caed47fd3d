"""A regular expression worked through as `re` does it, going back where it fails, and counted.

It tells by steps, not by seconds, whether an expression takes longer than its text is long.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import combinations, product
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

Code = list[tuple[Any, ...]]
REPEATS = {sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT}
SINGLE = {sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN}
KINDS = {sre.CATEGORY_DIGIT: r"\d", sre.CATEGORY_NOT_DIGIT: r"\D", sre.CATEGORY_SPACE: r"\s",
         sre.CATEGORY_NOT_SPACE: r"\S", sre.CATEGORY_WORD: r"\w",
         sre.CATEGORY_NOT_WORD: r"\W"}  # fmt: skip
WORD = parser.parse(r"\w")
# A repeat of at most so many is no loop.
FEW = 9
# Characters of every kind, beside those that an expression names itself.
EVERY_KIND = "aAzZ0 9_\t\n-.@/!éß\x00"


class TooMany(Exception):
    """More steps were taken than were allowed."""


class Expression:
    """A pattern as instructions. Raises ValueError for what is not known here."""

    def __init__(self, pattern: str | bytes, flags: int = 0, *, counted_to: int = 10_000) -> None:
        self.counted_to = counted_to
        text = pattern.decode("latin-1") if isinstance(pattern, bytes) else pattern
        self.tree = parser.parse(text, flags | (re.ASCII if isinstance(pattern, bytes) else 0))
        self.flags = self.tree.state.flags
        self.keeps = bool(nodes_of(self.tree, sre.GROUPREF))
        self.code: Code = []
        self._put(self.tree)
        self.code.append(("end",))
        self.left = 0

    def _put(self, tree: Any) -> None:
        for op, av in tree:
            if op in SINGLE:
                self.code.append(("char", op, av))
            elif op is sre.BRANCH:
                self._put_branch(av[1])
            elif op is sre.SUBPATTERN:
                if av[1] or av[2]:
                    raise ValueError("flags within an expression")
                self._put_group(av[0], av[3])
            elif op in REPEATS:
                self._put_repeat(op, *av)
            elif op is sre.ATOMIC_GROUP:
                self.code.append(("atomic", self._apart(av)))
            elif op in (sre.ASSERT, sre.ASSERT_NOT):
                self.code.append(("look", op is sre.ASSERT, av[0], self._apart(av[1]), av[1]))
            elif op is sre.AT:
                self.code.append(("at", av))
            elif op is sre.GROUPREF:
                self.code.append(("again", av))
            else:
                raise ValueError(f"{op} is not known")

    def _apart(self, tree: Any) -> Code:
        before, self.code = self.code, []
        self._put(tree)
        found, self.code = [*self.code, ("end",)], before
        return found

    def _put_group(self, number: int | None, tree: Any) -> None:
        if number is None or not self.keeps:
            self._put(tree)
            return
        self.code.append(("mark", 2 * number))
        self._put(tree)
        self.code.append(("mark", 2 * number + 1))

    def _put_branch(self, ways: list[Any]) -> None:
        ends = []
        for way in ways[:-1]:
            at = len(self.code)
            self.code.append(())
            self._put(way)
            ends.append(len(self.code))
            self.code.append(())
            self.code[at] = ("either", at + 1, len(self.code))
        self._put(ways[-1])
        for end in ends:
            self.code[end] = ("go", len(self.code))

    def _put_repeat(self, op: Any, least: int, most: int, tree: Any) -> None:
        if op is sre.POSSESSIVE_REPEAT:
            before, self.code = self.code, []
            self._put_repeat(sre.MAX_REPEAT, least, most, tree)
            whole, self.code = [*self.code, ("end",)], before
            self.code.append(("atomic", whole))
            return
        if tree.getwidth()[0] == 0:
            raise ValueError("a repeat of what may be nothing")
        for _ in range(min(least, self.counted_to)):
            self._put(tree)
        if most == sre.MAXREPEAT:
            at = len(self.code)
            self.code.append(())
            self._put(tree)
            self.code.append(("go", at))
            self.code[at] = self._way(op, at + 1, len(self.code))
            return
        skips = []
        for _ in range(min(most - least, self.counted_to)):
            skips.append(len(self.code))
            self.code.append(())
            self._put(tree)
        for at in skips:
            self.code[at] = self._way(op, at + 1, len(self.code))

    @staticmethod
    def _way(op: Any, on: int, past: int) -> tuple[Any, ...]:
        return ("either", on, past) if op is sre.MAX_REPEAT else ("either", past, on)

    def steps(self, text: str, how: str, most: int) -> tuple[int, list[tuple[int, int]]]:
        """How many steps it took (at most `most`, else TooMany), and where it matched.

        `how` is match, fullmatch, search, or every (as sub, split, findall and finditer).
        """
        self.left, found, start = most, [], 0
        while start <= len(text):
            end = self._run(self.code, text, start, whole=how == "fullmatch")
            if end is not None:
                found.append((start, end))
            if how in ("match", "fullmatch") or (how == "search" and found):
                break
            start = max(start + 1, end or 0)
        return most - self.left, found

    def _run(self, code: Code, text: str, start: int, *, whole: bool = False) -> int | None:
        waiting: list[tuple[int, int, tuple[tuple[int, int], ...]]] = [(0, start, ())]
        while waiting:
            pc, at, marks = waiting.pop()
            while True:
                self.left -= 1
                if self.left < 0:
                    raise TooMany
                name, *rest = code[pc]
                if name == "end":
                    if whole and at != len(text):
                        break
                    return at
                if name == "go":
                    pc = rest[0]
                    continue
                if name == "either":
                    waiting.append((rest[1], at, marks))
                    pc = rest[0]
                    continue
                if name == "mark":
                    marks = (*marks, (rest[0], at))
                    pc += 1
                    continue
                after = self._after(name, rest, text, at, dict(marks))
                if after is None:
                    break
                pc, at = pc + 1, after
        return None

    def _after(
        self, name: str, rest: list[Any], text: str, at: int, marks: dict[int, int]
    ) -> int | None:
        """Where an instruction that takes or looks at characters leaves off; None if it fails."""
        if name == "char":
            fits = at < len(text) and one_fits(rest[0], _frozen(rest[1]), text[at], self.flags)
            return at + 1 if fits else None
        if name == "atomic":
            return self._run(rest[0], text, at)
        if name == "look":
            wanted, direction, code, tree = rest
            begin = at if direction > 0 else at - tree.getwidth()[0]
            fits = begin >= 0 and self._run(code, text, begin) is not None
            return at if fits is wanted else None
        if name == "again":
            said = text[marks[2 * rest[0]] : marks[2 * rest[0] + 1]]
            return at + len(said) if text.startswith(said, at) else None
        return at if _holds(rest[0], text, at, self.flags) else None


def _frozen(av: Any) -> Any:
    return tuple(_frozen(one) for one in av) if isinstance(av, (list, tuple)) else av


@cache
def one_fits(op: Any, av: Any, character: str, flags: int) -> bool:
    if op is sre.ANY:
        return bool(flags & re.DOTALL) or character != "\n"
    if op is sre.LITERAL or op is sre.NOT_LITERAL:
        return (av in _cases(character, flags)) is (op is sre.LITERAL)
    negated = bool(av) and av[0][0] is sre.NEGATE
    return any(_one_of(kind, said, character, flags) for kind, said in av) is not negated


def _one_of(kind: Any, said: Any, character: str, flags: int) -> bool:
    if kind is sre.LITERAL:
        return said in _cases(character, flags)
    if kind is sre.RANGE:
        return any(said[0] <= one <= said[1] for one in _cases(character, flags))
    if kind is sre.CATEGORY:
        return re.match(KINDS[said], character, flags & re.ASCII) is not None
    return False


def _cases(character: str, flags: int) -> set[int]:
    if not flags & re.IGNORECASE:
        return {ord(character)}
    return {ord(one) for one in (character, character.lower(), character.upper()) if len(one) == 1}


def _holds(what: Any, text: str, at: int, flags: int) -> bool:
    sign = {sre.AT_BEGINNING: "^", sre.AT_BEGINNING_STRING: r"\A", sre.AT_END: "$",
            sre.AT_END_STRING: r"\Z", sre.AT_BOUNDARY: r"\b",
            sre.AT_NON_BOUNDARY: r"\B"}[what]  # fmt: skip
    return re.compile(sign, flags & (re.ASCII | re.MULTILINE)).match(text, at) is not None


def nodes_of(tree: Any, *ops: Any) -> list[Any]:
    """Every node of such kinds, however deep."""
    found = []
    for op, av in tree:
        if op in ops:
            found.append((op, av))
        for inner in _inside(av):
            found += nodes_of(inner, *ops)
    return found


def _inside(av: Any) -> Iterator[Any]:
    if isinstance(av, parser.SubPattern):
        yield av
    elif isinstance(av, (list, tuple)):
        for one in av:
            yield from _inside(one)


def letters_of(trees: list[Any], flags: int) -> list[str]:
    """One character of every kind that such trees tell apart, with one that they never take."""
    nodes = [(op, _frozen(av)) for tree in trees for op, av in nodes_of(tree, *SINGLE)]
    named = {chr(av) for op, av in nodes if op in (sre.LITERAL, sre.NOT_LITERAL)}
    for op, av in nodes:
        for kind, said in av if op is sre.IN else ():
            named |= {chr(one) for one in (said if kind is sre.RANGE else [said])
                      if kind in (sre.RANGE, sre.LITERAL)}  # fmt: skip
    kinds: dict[tuple[bool, ...], str] = {}
    for one in [*EVERY_KIND, *sorted(named)]:
        signature = tuple(one_fits(op, av, one, flags) for op, av in nodes)
        kinds.setdefault(signature, one)
    return list(kinds.values())


def _shortest(tree: Any, letters: list[str], flags: int, starts: set[str], before: str) -> str:
    """A shortest text that the tree takes; each repeat met on the way adds a start to `starts`."""
    said = before
    for op, av in tree:
        if op in SINGLE:
            said += next(c for c in letters if one_fits(op, _frozen(av), c, flags))
        elif op is sre.SUBPATTERN:
            said = _shortest(av[3], letters, flags, starts, said)
        elif op is sre.ATOMIC_GROUP:
            said = _shortest(av, letters, flags, starts, said)
        elif op is sre.BRANCH:
            ways = [_shortest(way, letters, flags, starts, said) for way in av[1]]
            said = ways[0]
        elif op in REPEATS:
            for times in range(min(av[0], 60) or 1):
                starts.add(said) if times == 0 else None
                once = _shortest(av[2], letters, flags, starts, said)
                said = once if av[0] else said
    starts.add(said)
    return said


def attacks(expression: Expression, length: int) -> Iterator[str]:
    """Texts of such a length, each a start, a word of one or two kinds of characters over and over,
    or what fits the expression over and over, and an end that does not fit.
    """
    starts: set[str] = {""}
    letters = letters_of([expression.tree], expression.flags)
    whole = _shortest(expression.tree, letters, expression.flags, starts, "")
    loops = [av[2] for _, av in nodes_of(expression.tree, *REPEATS) if av[1] > FEW]
    looks = [av[1] for _, av in nodes_of(expression.tree, sre.ASSERT, sre.ASSERT_NOT)]
    taken = {*letters_of([*loops, *looks, WORD], expression.flags), *whole[:1]}
    words = {one + two for one, two in combinations(sorted(taken), 2)}
    words |= taken | {one for one in {whole, *starts} if one}
    for start, word, end in product(sorted(starts, key=len)[:6], sorted(words), ("", "\x00")):
        yield start + (word * (length // len(word) + 1))[:length] + end


def outgrows(pattern: str | bytes, flags: int, how: str, *, length: int = 120) -> str | None:
    """A text on which the steps grow faster than the text is long; None if none was found."""
    # A repeat of at most 200 is as good as one of at most 12: neither grows with the text.
    expression = Expression(pattern, flags, counted_to=12)
    for text, longer in zip(
        attacks(expression, length), attacks(expression, 2 * length), strict=True
    ):
        try:
            expression.steps(text, how, 12 * length)
        except TooMany:
            if _grows(expression, how, text, longer):
                return text
    return None


def _grows(expression: Expression, how: str, text: str, longer: str) -> bool:
    """Whether twice the text takes over 2.6 times the steps; where it is square, four times."""
    try:
        once, _ = expression.steps(text, how, 400 * len(text))
        expression.steps(longer, how, int(2.6 * once))
    except TooMany:
        return True
    return False
