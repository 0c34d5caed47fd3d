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

# Each clause of the rule in SQL: the function it stands in, its text, and how it is broken.
CLAUSES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("rebuild", "p.is_active", ("true", "false")),
    ("rebuild", "p.active_from is null or p.active_from <= current_date",
     ("true", "false", "p.active_from is null",
      "p.active_from is null or p.active_from < current_date")),
    ("rebuild", "p.active_to is null or p.active_to > current_date",
     ("true", "false", "p.active_to is null",
      "p.active_to is null or p.active_to >= current_date")),
    ("rebuild", "p.trained_until is not null and p.trained_until >= current_date",
     ("true", "false", "p.trained_until is not null",
      "p.trained_until is not null and p.trained_until > current_date")),
    ("rebuild", "since is null or since <= current_date) and (until",
     ("true) and (until", "false) and (until", "since is null) and (until",
      "since is null or since < current_date) and (until")),
    ("rebuild", "until is null or until > current_date)\n  ), member",
     ("true)\n  ), member", "false)\n  ), member", "until is null)\n  ), member",
      "until is null or until >= current_date)\n  ), member")),
    ("rebuild", "m.since is null or m.since <= current_date",
     ("true", "false", "m.since is null", "m.since is null or m.since < current_date")),
    ("rebuild", "m.until is null or m.until > current_date",
     ("true", "false", "m.until is null", "m.until is null or m.until >= current_date")),
    ("rebuild", "m.standing = 'APPROVED'",
     ("true", "false", "m.standing <> 'PROPOSED'", "m.standing <> 'REFUSED'",
      "m.standing <> 'WITHDRAWN'", "m.standing <> 'ENDED'",
      "m.standing in ('APPROVED', 'PROPOSED')",
      "m.standing in ('APPROVED', 'ENDED')")),
    ("rebuild", "p.cleared_from is null or p.cleared_from <= current_date",
     ("true", "false", "p.cleared_from is null",
      "p.cleared_from is null or p.cleared_from < current_date")),
    ("rebuild", "p.cleared_to is null or p.cleared_to > current_date",
     ("true", "false", "p.cleared_to is null",
      "p.cleared_to is null or p.cleared_to >= current_date")),
    ("rebuild", "then p.level else 0", ("then p.level else 1", "then 0 else p.level")),
    ("rebuild", "g.role = r.role", ("true", "g.role <> r.role")),
    ("rebuild", "least(r.active_to, g.active_to)", ("r.active_to", "g.active_to")),
    ("rebuild", "greatest(r.active_from, g.active_from)", ("r.active_from", "g.active_from")),
    ("rebuild", "g.person_id = p.id\n      join public",
     ("g.person_id = p.id + 1\n      join public",)),
    ("rebuild", "a.agency_id = p.agency_id", ("true", "false", "a.agency_id <> p.agency_id")),
    ("rebuild", "m.person_id = p.id", ("true", "false")),
    ("rebuild", "least(m.active_to, k.review_on, k.closed_on)",
     ("least(m.active_to, k.review_on)", "least(m.active_to, k.closed_on)",
      "least(k.review_on, k.closed_on)", "m.active_to")),
    ("rebuild", "b.record_class = g.record_class", ("true", "b.record_class >= g.record_class")),
    ("rebuild", "b.level <= p.level", ("true", "false", "b.level < p.level", "b.level = p.level")),
    ("rebuild", "b.compartment_id is null or b.compartment_id = any(h.compartments)",
     ("true", "false", "b.compartment_id is null", "b.compartment_id = any(h.compartments)")),
    ("rebuild", "b.owner_id = p.agency_id\n", ("true\n", "false\n", "b.owner_id <> p.agency_id\n")),
    ("rebuild", "g.verb in ('read', 'disclose') and b.audience_id",
     ("true and b.audience_id", "g.verb = 'read' and b.audience_id",
      "g.verb in ('read', 'write', 'disclose') and b.audience_id")),
    ("rebuild", "b.audience_id = any(h.audiences)", ("true", "false", "b.audience_id is null")),
    ("rebuild", "and p.live and g.verb", ("and g.verb",)),
    ("rebuild", "filter (where u.verb = 'read')", ("", "filter (where u.verb = 'write')")),
    ("rebuild", "filter (where u.verb = 'write')", ("", "filter (where u.verb = 'read')")),
    ("rebuild", "filter (where u.verb = 'disclose')", ("", "filter (where u.verb = 'read')")),
    ("me", "s.expires_at > now()", ("true", "false", "s.expires_at < now()")),
    ("me", "s.seen_at + s.idle > now()", ("true", "false", "s.seen_at < now()")),
    ("me", "s.seen_at < now() + interval '1 minute'", ("true", "false", "s.seen_at > now()")),
    ("me", "s.purpose <> ''", ("true", "false")),
    ("me", "s.token_hash = sha256(", ("s.token_hash >= sha256(",)),
    ("me", "e.finished_at is null", ("true", "false")),
    ("me", "session_user = 'lk_worker'", ("true", "false")),
    ("mine", "c.person_id = sec.me() and", ("true and",)),
    ("mine", "c.live and", ("true and",)),
    ("rebuild", "b.root_id is null or b.root_id <> all(h.excluded)",
     ("true", "false", "b.root_id is null", "b.root_id <> all(h.excluded)")),
    ("rebuild", "s.since is null or s.since <= current_date",
     ("true", "false", "s.since is null", "s.since is null or s.since < current_date")),
    ("rebuild", "s.until is null or s.until > current_date",
     ("true", "false", "s.until is null", "s.until is null or s.until >= current_date")),
    ("rebuild", "s.person_id = p.id", ("true", "false")),
    ("rebuild", "g.verb <> 'disclose' or (e.conds", ("true or (e.conds", "false or (e.conds")),
    ("rebuild", "e.conds & 2 = 0", ("true", "false", "e.conds = 0", "b.conds & 2 = 0")),
    ("rebuild", "e.conds & 1 = 0", ("true", "false", "e.conds = 0", "b.conds & 1 = 0")),
    ("rebuild", "(b.conds & ~coalesce(t.lifted, 0)) | coalesce(t.put, 0)",
     ("b.conds & ~coalesce(t.lifted, 0)", "b.conds | coalesce(t.put, 0)",
      "(b.conds | coalesce(t.put, 0)) & ~coalesce(t.lifted, 0)")),
    ("rebuild", "t.root_id = b.root_id and", ("true and",)),
    ("rebuild", "and t.owner_id = b.owner_id", ("",)),
    ("rebuild", "(where d.puts)", ("(where true)", "(where not d.puts)")),
    # Of all rows it would be the same: what is put on counts more than what is lifted.
    ("rebuild", "(where not d.puts)", ("(where d.puts)",)),
    ("rebuild", "d.since <= current_date",
     ("true", "false", "d.since < current_date")),
    ("rebuild", "d.until is null or d.until > current_date",
     ("true", "false", "d.until is null", "d.until is null or d.until >= current_date")),
    ("rebuild", "or b.owner_id = p.agency_id or exists", ("or true or exists", "or exists")),
    ("rebuild", "consent.since is null or consent.since <= current_date", ("false",)),
    ("rebuild", "consent.until is null or consent.until > current_date", ("false",)),
    ("rebuild", "c.agency_id = p.agency_id\n                        and", ("true and",)),
    ("rebuild", "c.root_id = b.root_id", ("true", "false")),
    ("rebuild", "c.owner_id = b.owner_id", ("true", "false")),
    ("rebuild", "g.ended_at is null and g.until > now()", ("false",)),
    ("behind_glass", "g.person_id = m.person_id", ("true", "false")),
    ("behind_glass", "g.ended_at is null and", ("true and", "false and")),
    ("behind_glass", "g.until > now()", ("true", "false")),
    ("behind_glass", "b.record_class in (1, 2)", ("true", "false", "b.record_class = 1")),
    ("behind_glass", "b.level <= m.level", ("true", "false")),
    ("behind_glass", "b.root_id <> all(m.excluded)", ("true", "false")),
    ("behind_glass", "g.verb = 'read'", ("true", "g.verb = 'write'")),
    ("behind_glass", "g.record_class = b.record_class", ("true",)),
    ("behind_glass", "g.role = r.role", ("true",)),
    ("readable", "m.readable || sec.behind_glass(m)", ("m.readable",)),
    ("readable", "coalesce(m.readable, '{}')", ("coalesce(m.writable, '{}')",)),
    ("writable", "m.writable", ("m.readable",)),
)  # fmt: skip
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
            self._run(text, "select sec.rebuild()")
        else:
            self.work_out()
            self._run(text)
        try:
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
