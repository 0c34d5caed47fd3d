"""Whether the matrix has teeth: each clause of the rule broken, one at a time, is noticed by it."""

import ast
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import ModuleType

import psycopg
import pytest

from lightkeeper.core.access import guard
from lightkeeper.core.access.envelope import Verb
from tests.access.asking import CHANGE, SEE, Found, expected, for_each
from tests.access.cases import all_grants, every_case
from tests.access.clauses import CLAUSES
from tests.access.oracle import against
from tests.access.world import World, a_world

FOLDER = Path(__file__).parents[2] / "src/lightkeeper/apps/accounts/migrations/sql"
standing_still = import_module("lightkeeper.apps.accounts.migrations.0018_standing_still")
# The newest first: what stands in it now is what counts.
SQL = (
    standing_still.rebuild(),
    *(
        (FOLDER / name).read_text()
        for name in ("session_ahead.sql", "conditions.sql", "membership.sql", "guard.sql")
    ),
)

# Broken clauses that the matrix cannot notice, and why that is right.
EQUIVALENT: dict[tuple[str, str, str], str] = {}


def sql_mutants() -> list[tuple[str, str, str]]:
    return [(f, clause, broken) for f, clause, ways in CLAUSES for broken in ways]


@pytest.fixture(scope="module")
def world(database) -> Iterator[World]:
    with a_world("mutants") as entered:
        yield entered


@pytest.fixture(scope="module")
def wanted(world: World) -> dict[str, Found]:
    errand = world.errand_of
    return {
        # What is behind glass is added as it is asked, and stands in no list.
        "readable": expected(world, "read", who=lambda a: replace(errand(a), glass_on=frozenset())),
        "writable": expected(world, "write", who=errand),
        "disclosable": expected(world, "disclose", who=errand),
        "select": expected(world, "read"),
        "update": expected(world, "write", "read"),
        "worker": expected(world, "read", who=errand),
        "finished": {account.number: set() for account in world.accounts[:40]},
    }


def is_noticed(world: World, wanted: dict[str, Found]) -> bool:
    """Whether PostgreSQL differs from the oracle in any case, asked the quick way first."""
    try:
        return any(
            found[number] != wanted[kind][number]
            for kind, found in everything_found(world)
            for number in wanted[kind]
        )
    except psycopg.Error:
        return True  # it broke down rather than answer


def everything_found(world: World) -> Iterator[tuple[str, Found]]:
    for kind in ("readable", "writable", "disclosable"):
        with world.as_superuser() as c:
            lists = c.execute(f"select person_id, {kind} from sec.context").fetchall()
        yield kind, {number: set(labels) for number, labels in lists}
    with world.as_role("lk_web") as c:
        yield "select", for_each(c, world.accounts, SEE)
        yield "update", for_each(c, world.accounts, CHANGE)
    with world.as_role("lk_worker") as c:
        for kind, further in (("worker", 0), ("finished", 100_000)):
            yield kind, for_each(
                c, world.accounts, SEE, setting="app.errand",
                value=lambda a, further=further: str(a.number + further),
            )  # fmt: skip


def function_in_force(name: str) -> str:
    text = rf"create (?:or replace )?function (sec\.{name}\(.*?\n(?:end )?\$\$;)"
    for sql in SQL:
        if found := re.search(text, sql, re.DOTALL):
            return f"create or replace function {found[1]}"
    raise LookupError(f"there is no sec.{name}")


class Rule:
    """The functions of the rule in the world's database, one of them broken at a time."""

    def __init__(self, world: World) -> None:
        self.world, self.is_worked_out = world, True

    def work_out(self) -> None:
        """Everybody's rights anew, if what stands was worked out by a broken rule."""
        if not self.is_worked_out:
            self._run("select sec.rebuild()")
            self.is_worked_out = True

    @contextmanager
    def broken(self, name: str, text: str) -> Iterator[None]:
        if name == "rebuild":
            self.is_worked_out = False
        else:
            self.work_out()
        try:
            self._run(text)
            if name == "rebuild":
                self._run("select sec.rebuild()")
            yield
        finally:
            self._run(function_in_force(name))

    def _run(self, *statements: str) -> None:
        with self.world.as_superuser() as c:
            for statement in statements:
                c.execute(statement)


@pytest.fixture(scope="module")
def rule(world: World) -> Rule:
    return Rule(world)


@pytest.fixture
def unbroken(rule: Rule) -> None:
    rule.work_out()


@pytest.mark.parametrize(
    "mutant", sql_mutants(), ids=lambda m: f"{m[0]}: {m[1][:34]} -> {m[2][:30]}".replace("\n", " ")
)
def test_every_broken_clause_of_the_rule_in_the_database_is_noticed(world, wanted, rule, mutant):
    name, clause, broken = mutant
    whole = function_in_force(name)
    assert whole.count(clause) == 1, f"{clause!r} stands {whole.count(clause)} times in sec.{name}"
    with rule.broken(name, whole.replace(clause, broken)):
        noticed = is_noticed(world, wanted)

    assert noticed != (mutant in EQUIVALENT), EQUIVALENT.get(mutant, "nobody noticed")


@pytest.mark.usefixtures("unbroken")
def test_unbroken_it_differs_in_nothing(world, wanted):
    assert not is_noticed(world, wanted)


POLICIES = {
    "everybody sees": ("look", "using (true)"),
    "nobody sees": ("look", "using (false)"),
    "seeing is by the right to write": ("look", "using (bucket_id = any(sec.writable()))"),
    "everybody changes": ("change", "using (true) with check (true)"),
    "nobody changes": ("change", "using (false)"),
    "changing is by the right to read": (
        "change",
        "using (bucket_id = any(sec.readable())) with check (bucket_id = any(sec.readable()))",
    ),
}


@pytest.mark.usefixtures("unbroken")
@pytest.mark.parametrize("name", POLICIES)
def test_every_broken_policy_is_noticed(world, wanted, name):
    policy, text = POLICIES[name]
    with world.as_superuser() as c:
        was, check = c.execute(
            "select qual, with_check from pg_policies "
            "where tablename = 'intake_mapping' and policyname = %s",
            (policy,),
        ).fetchone()
        c.execute(f"alter policy {policy} on intake_mapping {text}")
    try:
        noticed = is_noticed(world, wanted)
    finally:
        with world.as_superuser() as c:
            whole = f"using ({was})" + (f" with check ({check})" if check else "")
            c.execute(f"alter policy {policy} on intake_mapping {whole}")

    assert noticed


@pytest.mark.usefixtures("unbroken")
@pytest.mark.parametrize(
    "wall",
    ["alter table intake_mapping disable row level security", "alter role lk_web bypassrls"],
)
def test_a_wall_that_is_down_is_noticed(world, wanted, wall):
    back = wall.replace("disable", "enable").replace(" bypassrls", " nobypassrls")
    with world.as_superuser() as c:
        c.execute(wall)
    try:
        noticed = is_noticed(world, wanted)
    finally:
        with world.as_superuser() as c:
            c.execute(back)

    assert noticed


# --- the guard of the application -------------------------------------------------------------

SWAPPED = {
    ast.GtE: (ast.Gt, ast.LtE, ast.Eq), ast.Eq: (ast.NotEq,), ast.In: (ast.NotIn,),
    ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,), ast.NotIn: (ast.In,),
}  # fmt: skip
RULE = (
    "decide", "_in_circle", "_in_compartment", "_meets_conditions", "conditions_today",
    "_through_glass", "buckets_for",
)  # fmt: skip


def guard_mutants() -> Iterator[tuple[str, ast.Module]]:
    """The guard with one expression broken: each test true, false or turned, each or an and."""
    source = Path(guard.__file__).read_text()

    def places(tree: ast.Module) -> list[ast.expr]:
        return [
            node
            for function in tree.body
            if isinstance(function, ast.FunctionDef) and function.name in RULE
            for node in ast.walk(function)
            if isinstance(node, ast.Compare | ast.BoolOp)
            or (isinstance(node, ast.Attribute) and node.attr == "live")
            or (isinstance(node, ast.Constant) and isinstance(node.value, bool))
        ]

    for index, place in enumerate(places(ast.parse(source))):
        ways: list[Callable[[ast.expr], ast.expr | None]] = [
            lambda _: ast.Constant(True),
            lambda _: ast.Constant(False),
        ]
        if isinstance(place, ast.Constant):
            ways = [lambda node: ast.Constant(not node.value)]
        if isinstance(place, ast.Compare):
            ways += [
                lambda node, kind=kind: ast.Compare(node.left, [kind()], node.comparators)
                for kind in SWAPPED[type(place.ops[0])]
            ]
        if isinstance(place, ast.BoolOp):
            other = ast.And if isinstance(place.op, ast.Or) else ast.Or
            ways += [lambda node, other=other: ast.BoolOp(other(), node.values)]
        for way in ways:
            tree = ast.parse(source)
            node = places(tree)[index]
            changed = way(node)
            before = ast.unparse(node)
            replaced = _Replace(node, changed).visit(tree)
            yield f"{before} -> {ast.unparse(changed)}", ast.fix_missing_locations(replaced)


class _Replace(ast.NodeTransformer):
    def __init__(self, old: ast.expr, new: ast.expr) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else super().visit(node)


def first_difference(module: ModuleType, cases: list[tuple]) -> object:
    for viewer, envelope, verb, right in cases:
        if module.decide(viewer, envelope, verb).allow != right:
            return viewer, envelope, verb
    return None


def test_every_broken_expression_of_the_guard_is_noticed():
    grants = all_grants()
    cases = [
        (viewer, envelope, verb, not against(who, verb.value, thing, grants))
        for who, viewer, thing, envelope, verb in every_case(
            grants, lambda who: who.roles <= {"may do everything", "may only write"}
        )
    ]
    some = [(number, envelope) for number, (_, envelope, _, _) in enumerate(cases[:300])]
    survived, killed = [], 0
    for name, tree in guard_mutants():
        module = ModuleType("broken_guard")
        module.__dict__["__name__"] = guard.__name__
        exec(compile(tree, "broken guard", "exec"), module.__dict__)  # noqa: S102
        viewer = cases[-1][0]
        noticed = first_difference(module, cases) or any(
            module.buckets_for(viewer, some, verb) != guard.buckets_for(viewer, some, verb)
            for verb in Verb
        )
        killed += bool(noticed)
        if not noticed:
            survived.append(name)

    assert survived == []
    assert killed > 20
