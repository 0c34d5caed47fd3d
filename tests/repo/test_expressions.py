"""The work of each regular expression of ours grows no faster than its text, whatever it says.

ASVS V1.3.12. Each is worked through by steps on texts made against it (`regex_steps.py`). What is
too slow for a long text may stand only where the text is cut before.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lightkeeper.apps.rights.proposing import NAME
from lightkeeper.engine.formats import headings, strict_json
from lightkeeper.engine.linkage import conditions, counterfactual
from lightkeeper.engine.records.dates import MAX_WRITTEN
from lightkeeper.engine.records.query import MAX_QUERY
from tests.repo.regex_steps import Expression, attacks, letters_of, outgrows
from tests.repo.test_source import CODE, sources

HOW = {"search": "search", "match": "match", "fullmatch": "fullmatch"}
REPEATED = {"sub", "subn", "split", "findall", "finditer"}
# Put together while the program runs, each with what is put in.
PUT_TOGETHER = {
    "re.sub(f'\\\\b{name}\\\\b', 'v', text)": "a, b or x",
    "re.compile(pattern)": "each of conditions.ATOMS is looked at below",
    "re.compile(f\"\\\\b({'|'.join(VERBS)})\\\\b\")": "VERBS of the source; looked at below",
}
# Too slow for a long text: the longest that reaches them, and what cuts it.
CUT_BEFORE = {
    "engine/records/dates.py:_THREE": (MAX_WRITTEN, "clean_date"),
    "engine/records/dates.py:_TIME": (MAX_WRITTEN, "clean_date"),
    "engine/records/query.py:_EMAIL": (MAX_QUERY, "read_query"),
    "engine/records/query.py:_IDENTIFIER": (MAX_QUERY, "read_query"),
}
MOST_STEPS = 100_000
# In PostgreSQL: no text of a person but a literal one.
IN_SQL = {
    "apps/breaches/migrations/sql/breaches.sql": {"~ '^(QUA|REP|RRQ|RPT)-'"},
    "apps/breaches/migrations/sql/behind_what_is_hidden.sql": {"~ '^(QUA|REP|RRQ|RPT)-'"},
    "apps/rights/stores.py": {"__iregex"},
}
SQL_EXPRESSION = re.compile(
    r"!?~\*? ?E?'[^'\n]{0,99}'|\bregexp_\w+|\bsimilar to\b|__i?regex\b"
    r"|\bRegexValidator\b|\bre_path\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Used:
    where: str
    pattern: str | bytes
    flags: int
    how: str


def calls(tree: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.func.attr in {"compile", *HOW, *REPEATED}
        ):
            yield node


def flags_of(call: ast.Call) -> int:
    said = [*call.args[1:], *(one.value for one in call.keywords if one.arg == "flags")]
    named = {part.attr for one in said for part in ast.walk(one) if isinstance(part, ast.Attribute)}
    return sum(int(re.RegexFlag[name]) for name in named if hasattr(re.RegexFlag, name))


def names_of(tree: ast.Module) -> dict[ast.expr, str]:
    """The name that each value is given."""
    return {
        node.value: node.targets[0].id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }


def ways_of(name: str, trees: list[ast.Module]) -> set[str]:
    """How a named expression is used; handed on, it may be used in any way."""
    ways = set()
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Attribute) and name in (
            getattr(node.value, "id", ""), getattr(node.value, "attr", "")
        ):  # fmt: skip
            ways.add(HOW.get(node.attr, "every"))
        if isinstance(node, ast.Call) and name in {getattr(a, "id", "") for a in node.args}:
            ways.add("every")
    return ways or {"every"}


TREES = {
    str(path.relative_to(CODE)): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(CODE.rglob("*.py"))
    if "tests" not in path.parts
}


def found() -> Iterator[Used]:
    for where, tree in TREES.items():
        names = names_of(tree)
        for call in calls(tree):
            if not isinstance(call.args[0], ast.Constant):
                continue
            ways, name = {HOW.get(call.func.attr, "every")}, str(call.lineno)
            if call.func.attr == "compile":
                name = names.get(call, name)
                ways = ways_of(name, [tree] if name.startswith("_") else list(TREES.values()))
            for way in sorted(ways):
                yield Used(f"{where}:{name}", call.args[0].value, flags_of(call), way)
    for number, (pattern, _) in enumerate(conditions.ATOMS):
        yield Used(f"conditions.ATOMS:{number}", pattern.pattern, pattern.flags, "fullmatch")
    yield Used("counterfactual.VERB", counterfactual.VERB.pattern, 0, "every")


USED = list(found())


def test_every_expression_is_found_and_only_the_listed_are_put_together():
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources(".py"))
    others = {
        ast.unparse(call)
        for tree in TREES.values()
        for call in calls(tree)
        if not isinstance(call.args[0], ast.Constant)
    }

    assert len(USED) > 80
    assert others == set(PUT_TOGETHER)
    assert not re.search(r"from re import|import re as|import regex|from regex ", text)


@pytest.mark.parametrize("one", USED, ids=lambda one: f"{one.where}-{one.how}")
def test_the_steps_of_an_expression_grow_no_faster_than_its_text(one):
    text = outgrows(one.pattern, one.flags, one.how)

    assert (text is None) is (one.where not in CUT_BEFORE), text


@pytest.mark.parametrize("where", sorted(CUT_BEFORE))
def test_what_is_slow_is_asked_of_short_texts_alone(where):
    longest, _ = CUT_BEFORE[where]
    for one in (one for one in USED if one.where == where):
        expression = Expression(one.pattern, one.flags)
        for text in Random(5).sample(list(attacks(expression, longest)), 50):
            expression.steps(text[:longest], one.how, MOST_STEPS)


@pytest.mark.parametrize(
    ("pattern", "how"),
    [
        (r"(a+)+$", "match"),
        (r"(\w+\s?)*$", "match"),
        (r"(?:a|a)*$", "match"),
        (r"\s+$", "search"),
        (r"x*y", "search"),
        (r".*,.*x", "match"),
        (r"[ \d]*\d[ \d]*$", "match"),
        (r'"(?:[^"\\]|\\.)*"', "every"),
        (r"(?=\S*\d)[a-z-]+", "every"),
    ],
)
def test_an_expression_that_goes_back_too_far_is_noticed(pattern, how):
    assert outgrows(pattern, 0, how)


def test_the_steps_lead_where_the_real_engine_leads():
    chance = Random(4)
    for one in USED:
        real, expression = re.compile(one.pattern, one.flags), Expression(one.pattern, one.flags)
        letters = letters_of([expression.tree], expression.flags)
        texts = ["".join(chance.choices(letters, k=chance.randrange(14))) for _ in range(60)]
        texts += chance.sample(made := list(attacks(expression, 9)), min(40, len(made)))
        for text, how in product(texts, HOW):
            match = getattr(real, how)(text if real.flags & re.UNICODE else text.encode("latin-1"))
            expected = [match.span()] if match else []
            assert expression.steps(text, how, 10**7)[1] == expected, (one, text, how)


def test_the_database_is_asked_only_the_listed_expressions():
    seen: dict[str, set[str]] = {}
    for path in sorted([*CODE.rglob("*.py"), *CODE.rglob("*.sql")]):
        if "tests" not in path.parts:
            said = set(SQL_EXPRESSION.findall(path.read_text(encoding="utf-8")))
            if said:
                seen[str(path.relative_to(CODE))] = said

    assert seen == IN_SQL
    assert "re.escape(text)" in (CODE / "apps/rights/stores.py").read_text(encoding="utf-8")


def test_what_programs_send_is_checked_by_an_engine_that_does_not_go_back():
    """Pydantic's own engine, as Arrow's, works in the length of the text."""
    for path in sources(".py"):
        assert "regex_engine" not in path.read_text(encoding="utf-8"), path


READ = """
import re, resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
from lightkeeper.engine.errors import FileRefused
from lightkeeper.engine.formats.cells import holds_media
from lightkeeper.engine.formats.headings import check_header
from lightkeeper.engine.formats.strict_json import BadJson, check_depth
from lightkeeper.engine.formats.table import Limits
from lightkeeper.engine.linkage.addresses import address_parts
from lightkeeper.engine.linkage.standardise import STANDARDISE, standardise
from lightkeeper.engine.records.cleaned import Setting
from lightkeeper.engine.records.cleaning import _PLAIN, clean
from lightkeeper.engine.records.query import read_query

NAME = re.compile(sys.argv[1])
read = 0
for line in sys.stdin:
    start, word, end = eval(line)
    text = start + word * (30_000 // len(word)) + end
    for kind in STANDARDISE:
        standardise(kind, text)
    for type in (*_PLAIN, 'date', 'phone'):
        clean(type, text, Setting(year=2026))
    for reader in (address_parts, holds_media, read_query, lambda t: list(NAME.finditer(t))):
        reader(text)
    for reader in (lambda t: check_header([t], "Row 1", Limits()), lambda t: check_depth(t, 0)):
        try:
            reader("[" + text)
        except (FileRefused, BadJson):
            pass
    read += 1
print(read)
"""
WORDS = ("a", "A", "0", " ", "-", ".", "@", "\\", '"', '\\"', "-A", "a.", "0-", "a0", "0 ", "+0",
         "'", "(", ",", "/", "é", "a@", ". ", "\n", "//", "www.", "#", "st ")  # fmt: skip


def test_every_reader_of_a_text_ends_on_long_texts():
    """30,000 characters of each kind, all together within a minute of processor."""
    said = [(start, word, "!") for word in WORDS for start in ("", "a@", '"', "0")]
    done = subprocess.run(
        [sys.executable, "-c", READ, NAME.pattern],
        input="\n".join(map(repr, said)),
        capture_output=True,
        text=True,
        check=False,
        cwd=CODE.parents[1],
    )

    assert (done.returncode, done.stdout.strip()) == (0, str(len(said))), done.stderr[-2000:]


OLD_HEADING = re.compile(
    r"[+(]?[\d\s()/.:,+-]*\d[\d\s()/.:,+-]*$|[^@\s]+@[^@\s]+\.\w+$|\d{4}-\d\d-\d\dT"
)
OLD_LISTS = re.compile(
    r"list_has_any\(list_transform\(a, lambda x: (.+)\), list_transform\(b, lambda x: (.+)\)\)"
)
OLD_NAME = re.compile(r"\b[^\W\d_a-z][\w'’-]+(?:\s+[^\W\d_a-z][\w'’-]+)+")
PARTS = ("A", "a", "É", "-", "'", "0", " ", "\n", "A" * 150, "a" * 101, "-A" * 60, "a-" * 60)
OLD_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


@given(st.text("0129+(-/.:, \n@aT_", max_size=14))
def test_a_heading_looks_like_a_value_as_it_did(text):
    new = headings._LOOKS_LIKE_VALUE.match(text)
    assert bool(new) is bool(OLD_HEADING.match(text))


@example([*conditions._LISTS[:2], "x", *conditions._LISTS[1:]])
@example([conditions._LISTS[0], *conditions._LISTS])
@given(st.lists(st.sampled_from([*conditions._LISTS, "left(x, 4)", "x", ")", "("]), max_size=7))
def test_two_lists_are_taken_apart_as_they_were(parts):
    text = "".join(parts)
    old = OLD_LISTS.fullmatch(text)
    assert conditions._sides_of_lists(text) == (old.groups() if old else None)


@given(st.text("AÉa -'’0_\n", max_size=30) | st.lists(st.sampled_from(PARTS)).map("".join))
@example(f"Ann {'Bo' * 60} Smith")
@example(f"{'a-' * 60}Bo {'-A' * 60}")
def test_names_are_found_where_they_were(text):
    assert [m.span(1) for m in NAME.finditer(text)] == [m.span() for m in OLD_NAME.finditer(text)]


@given(st.lists(st.sampled_from(["[", "]", "{", '"a"', '"\\""', '"["', '"\\\\"', '""', ","])))
def test_strings_that_end_are_left_out_as_they_were(parts):
    text = "".join(parts)
    assert strict_json._STRING.sub("", text) == OLD_STRING.sub("", text)
