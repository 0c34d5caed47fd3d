"""A database in which every case of the rule stands once: a mapping for each label, an account for
each kind of somebody. It is entered by a superuser, and asked as the application's own roles."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import product

import psycopg

from lightkeeper.testing import plugin
from tests.access.cases import (
    AROUND_TODAY,
    AUDIENCES,
    CHANGES,
    CLASSES,
    COMPARTMENTS,
    COND_NUMBERS,
    CONSENTED,
    EXCLUDED,
    GLASS,
    MINE,
    OTHER,
    STANDINGS,
    THIRD,
    all_grants,
    dated,
    role_sets,
    variants,
)
from tests.access.entering import DATED_GRANTS, EDGES, day, enter_changes, enter_edges
from tests.access.oracle import Days, Grants, Proposal, Somebody, Thing

LEVELS = (0, 1)  # a label above the accreditation cannot be entered; a test of its own shows it
AGENCIES = {MINE: 901, OTHER: 902, THIRD: 903}
COMPARTMENT_IDS = {"my compartment": 911, "another compartment": 912}
COMPARTMENT_IDS |= {name: number for number, name in enumerate(EDGES, 913)}
LASTS = "now() + interval '1 hour'"
ROOT_IDS = {"barred": 941, "opened": 942, "consented": 943}
ROOT_IDS |= {root: number for number, root in enumerate(CHANGES, 950)}
AUDIENCE_IDS = {AUDIENCES[1]: 921, AUDIENCES[2]: 922}

# How each trouble, or its absence by a hair, is entered: columns of the person and of the session.
AT_WORK = {
    "is_active": "true",
    "trained_until": "current_date + 300",
    "active_from": "null",
    "active_to": "null",
    "purpose": "'investigation'",
    "seen_at": "now()",
    "expires_at": "now() + interval '8 hours'",
}
STATES: dict[str, tuple[frozenset[str], dict[str, str]]] = {
    "well": (frozenset(), {}),
    "first day": (frozenset(), {"active_from": "current_date"}),
    "last day": (frozenset(), {"active_to": "current_date + 1"}),
    "last day of training": (frozenset(), {"trained_until": "current_date"}),
    **{
        trouble: (frozenset({trouble}), columns)
        for trouble, columns in {
            "suspended": {"is_active": "false"},
            "left": {"active_to": "current_date"},
            "not yet arrived": {"active_from": "current_date + 1"},
            "never trained": {"trained_until": "null"},
            "training out of date": {"trained_until": "current_date - 1"},
            "session expired": {"expires_at": "now() - interval '1 second'"},
            "idle": {"seen_at": "now() - interval '5 hours 1 second'"},
            "seen ahead": {"seen_at": "now() + interval '7 hours'"},
            "no purpose": {"purpose": "''"},
            "signed out": {},
        }.items()
    },
}
SESSION_ONLY = frozenset({"session expired", "idle", "seen ahead", "no purpose", "signed out"})


@dataclass(frozen=True)
class Account:
    """Somebody as entered in the database, whose rights the oracle says."""

    number: int
    who: Somebody
    state: str
    # Dated tables: what is entered may differ from what holds today.
    entered_roles: tuple[tuple[str, str, str], ...] = ()
    entered_exclusion: tuple[str, str] | None = None
    entered_glass: tuple[tuple[str, str, str], ...] = ()  # root, until, ended

    @property
    def token(self) -> str:
        return f"token-of-{self.number}"


def accounts(grants: Grants) -> list[Account]:
    made: list[Account] = []

    def add(who: Somebody, state: str, **entered: object) -> None:
        if who.agency == MINE:  # consent is an agency's
            who = replace(who, consented=CONSENTED)
        made.append(Account(5000 + len(made), who, state, **entered))  # type: ignore[arg-type]

    member = (frozenset(), frozenset({"my compartment"}))
    for agency, roles, clearance, member_of in product(
        (MINE, OTHER), role_sets(grants), LEVELS, member
    ):
        add(Somebody(agency, roles, clearance, member_of), "well")
    able = [frozenset({role}) for role in ("may do everything", "analyst", "supervisor", "auditor")]
    for roles, (state, (troubles, _)), member_of in product(able, STATES.items(), member):
        add(Somebody(MINE, roles, 1, member_of, troubles), state)
    everything = "may do everything"
    for held, since, until in (
        (True, "current_date", "null"),
        (True, "null", "current_date + 1"),
        (False, "current_date + 1", "null"),
        (False, "null", "current_date"),
    ):
        now = frozenset({everything}) if held else frozenset()
        add(
            Somebody(MINE, now, 1), "well", entered_roles=((everything, since, until),),
        )  # fmt: skip
    doer = Somebody(MINE, frozenset({everything}), 1)
    reader = Somebody(MINE, frozenset({"analyst"}), 1)
    for became, days in product(STANDINGS, AROUND_TODAY):
        put = Proposal("my compartment", became, days)
        add(replace(reader, put_forward=frozenset({put})), "well")
    # One that does not count beside one that does, of the same person and of another's compartment.
    for became, days in (("approved", Days(None, 0)), ("ended", Days()), ("waiting", Days())):
        put = frozenset({Proposal("my compartment", "approved", Days(0, 1)),
                         Proposal("my compartment", became, days)})  # fmt: skip
        add(replace(reader, put_forward=put), "well")
        other = Proposal("another compartment", became, days)
        mine = frozenset({"my compartment"})
        add(replace(reader, member_of=mine, put_forward=frozenset({other})), "well")
    at_edges = frozenset(Proposal(name, "approved") for name in EDGES)
    add(replace(reader, put_forward=at_edges), "well")
    add(replace(doer, put_forward=at_edges), "well")
    for days, clearance in product(AROUND_TODAY, LEVELS):
        add(replace(reader, clearance=clearance, cleared=days), "well")
        add(replace(reader, clearance=clearance, cleared=days, glass_on=GLASS), "well")
    for roles, clearance in product(role_sets(grants), LEVELS):
        add(Somebody(MINE, roles, clearance, excluded_from=EXCLUDED, glass_on=GLASS), "well")
    for out, since, until in (
        (True, "current_date", "current_date + 1"),
        (False, "current_date + 1", "null"),
        (False, "null", "current_date"),
    ):
        barred = EXCLUDED if out else frozenset()
        add(replace(doer, excluded_from=barred), "well", entered_exclusion=(since, until))
    for open_, until, ended in (
        (True, "now() + interval '1 hour'", "null"),
        (False, "now() - interval '1 second'", "null"),
        (False, "now() + interval '1 hour'", "now()"),
    ):
        glass = GLASS if open_ else frozenset()
        entered = (("opened", until, ended),)
        add(replace(doer, glass_on=glass), "well", entered_glass=entered)
        add(replace(doer, glass_on=glass, troubles=frozenset({"suspended"})), "suspended",
            entered_glass=entered)  # fmt: skip
        # The same beside glass that is open on something else.
        add(replace(doer, glass_on=glass | {"barred"}), "well",
            entered_glass=(*entered, ("barred", LASTS, "null")))  # fmt: skip
    add(replace(doer, glass_on=frozenset({"consented"})), "well")
    add(replace(doer, glass_on=GLASS, excluded_from=GLASS), "well")
    for role in ("granted from today", "granted until today", "granted from tomorrow"):
        add(Somebody(MINE, frozenset({role}), 1), "well")
    return made


def world_grants() -> Grants:
    """What holds today; the dated grants are entered beside it."""
    return {**all_grants(), "granted from today": {(1, "read"), (1, "write"), (1, "disclose")}}


def labels() -> dict[int, Thing]:
    plain = product(CLASSES, (MINE, OTHER), LEVELS, COMPARTMENTS, AUDIENCES)
    things = [*(Thing(*parts) for parts in plain), *variants((1, 2, 3)), *dated((3,))]
    for name, (_, days) in EDGES.items():
        things.append(Thing(1, MINE, 1, name, stands=days))
        things.append(Thing(1, OTHER, 1, name, AUDIENCES[1], stands=days))
    return dict(enumerate(things, 3000))


class World:
    """The entered database, and how to ask it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.grants = world_grants()
        self.labels = labels()
        self.accounts = accounts(self.grants)

    def url(self, role: str) -> str:
        return plugin.CLUSTER.url(role, self.name)

    @contextmanager
    def as_role(self, role: str) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self.url(role)) as connection:
            yield connection

    @contextmanager
    def as_superuser(self) -> Iterator[psycopg.Connection]:
        with plugin.superuser(self.name) as connection:
            yield connection

    def enter(self) -> None:
        with self.as_superuser() as c, c.transaction():
            self._enter_agencies(c)
            self._enter_labels(c)
            self._enter_people(c)
            self._enter_sessions(c)

    def _enter_agencies(self, c: psycopg.Connection) -> None:
        for name, number in AGENCIES.items():
            c.execute(
                "insert into accounts_agency (id, code, name, kind, nation, region, area_code, "
                "desk) values (%s, %s, %s, 'police_force', '', '', '', '')",
                (number, f"world-{name}", name),
            )
        for name, number in COMPARTMENT_IDS.items():
            c.execute(
                "insert into accounts_compartment (id, reference, code, name, owner_id, purpose) "
                "values (%s, %s, %s, %s, %s, '')",
                (number, f"CMP-{number}", f"c{number}", name, AGENCIES[MINE]),
            )
        enter_edges(c, COMPARTMENT_IDS)
        for members, number in AUDIENCE_IDS.items():
            c.execute("insert into accounts_audience values (%s, %s)", (number, f"world{number}"))
            for member in sorted(members):
                c.execute(
                    "insert into accounts_audiencemember (audience_id, agency_id) values (%s, %s)",
                    (number, AGENCIES[member]),
                )
        rows = [(role, k, v, "null", "null") for role, pairs in all_grants().items()
                for k, v in pairs]  # fmt: skip
        rows += [(role, 1, verb, *dates) for role, dates in DATED_GRANTS.items()
                 for verb in ("read", "write", "disclose")]  # fmt: skip
        values = ", ".join(
            f"('{r}', {k}, '{v}', ({a})::date, ({b})::date)" for r, k, v, a, b in rows
        )
        c.execute(
            "insert into accounts_rolegrant (role, record_class, verb, active_from, active_to) "
            f"values {values} on conflict do nothing"
        )

    def _enter_labels(self, c: psycopg.Connection) -> None:
        for number in ROOT_IDS.values():
            c.execute("insert into accounts_root (id, made_at) values (%s, now())", (number,))
        rows = [
            {
                "id": number,
                "record_class": t.record_class,
                "owner_id": AGENCIES[t.owner],
                "level": t.level,
                "compartment_id": t.compartment and COMPARTMENT_IDS[t.compartment],
                "audience_id": AUDIENCE_IDS.get(t.released_to),
                "conds": sum(COND_NUMBERS[condition] for condition in t.conditions),
                "root_id": ROOT_IDS.get(t.root),
            }
            for number, t in self.labels.items()
        ]
        c.execute(
            "insert into accounts_bucket (id, record_class, owner_id, level, compartment_id, "
            "audience_id, conds, root_id) select id, record_class, owner_id, level, "
            "compartment_id, audience_id, conds, root_id "
            "from json_populate_recordset(null::accounts_bucket, %s)",
            (json.dumps(rows),),
        )

    def _enter_people(self, c: psycopg.Connection) -> None:
        people, roles, members = [], [], []
        for a in self.accounts:
            columns = {**AT_WORK, **STATES[a.state][1]}
            people.append(
                f"({a.number}, 'p{a.number}', 'P', {AGENCIES[a.who.agency]}, {a.who.clearance}, "
                f"{columns['is_active']}, ({columns['trained_until']})::date, "
                f"({columns['active_from']})::date, ({columns['active_to']})::date, "
                f"{day(a.who.cleared.first)}, {day(a.who.cleared.end)})"
            )
            for role, since, until in a.entered_roles or [
                (role, "null", "null") for role in sorted(a.who.roles)
            ]:
                roles.append(f"({a.number}, '{role}', ({since})::date, ({until})::date)")
            put = [Proposal(one, "approved") for one in a.who.member_of]
            for one in (*put, *a.who.put_forward):
                members.append(
                    f"('MEM-W{len(members)}', {a.number}, {COMPARTMENT_IDS[one.compartment]}, "
                    f"'{STANDINGS[one.became]}', {day(one.days.first)}, {day(one.days.end)}, "
                    "'', '', '')"
                )
        c.execute(
            "insert into accounts_person (id, username, name, agency_id, level, is_active, "
            f"trained_until, active_from, active_to, cleared_from, cleared_to) "
            f"values {', '.join(people)}"
        )
        c.execute(
            "insert into accounts_personrole (person_id, role, active_from, active_to) values "
            + ", ".join(roles)
        )
        c.execute(
            "insert into accounts_compartmentmember (reference, person_id, compartment_id, "
            "standing, active_from, active_to, reason, decision, end_reason) values "
            + ", ".join(members)
        )
        self._enter_relations(c)
        c.execute(
            "insert into intake_mapping (bucket_id, reference, name, version, text, made_by_id, "
            "made_at) select b.id, 'MAP-W' || b.id, 'world', 1, '', 5000, now() "
            "from accounts_bucket b where b.id >= 3000"
        )

    def _enter_relations(self, c: psycopg.Connection) -> None:
        """Exclusions and broken glass under any label: the guard reads them, nobody else here."""
        for a in self.accounts:
            dates = a.entered_exclusion or ("null", "null")
            for root in a.who.excluded_from or (EXCLUDED if a.entered_exclusion else ()):
                c.execute(
                    "insert into accounts_exclusion (bucket_id, root_id, person_id, reason, "
                    f"set_by_id, active_from, active_to) values (3000, {ROOT_IDS[root]}, "
                    f"{a.number}, '', {a.number}, ({dates[0]})::date, ({dates[1]})::date)"
                )
            plain = [(root, LASTS, "null") for root in a.who.glass_on]
            for root, until, ended in a.entered_glass or plain:
                c.execute(
                    "insert into accounts_glass (bucket_id, reference, root_id, person_id, danger, "
                    "justification, opened_at, until, ended_at, reviewed) values (3000, "
                    f"'GLS-{a.number}-{root[:3]}', {ROOT_IDS[root]}, {a.number}, '', '', now(), "
                    f"{until}, {ended}, false)"
                )
        for root, owner in CONSENTED:
            label = self.label_of(owner)
            c.execute(
                "insert into accounts_consent (reference, bucket_id, root_id, agency_id, reason, "
                "given_by_id) values (%s, %s, %s, %s, '', 5000)",
                (f"RLS-{label}", label, ROOT_IDS[root], AGENCIES[MINE]),
            )
        # Consent of the same owner, for another agency and another root: of no use to us.
        c.execute(
            "insert into accounts_consent (reference, bucket_id, root_id, agency_id, reason, "
            "given_by_id) select 'RLS-W', bucket_id, %s, %s, '', 5000 from accounts_consent "
            "where bucket_id = %s",
            (ROOT_IDS["opened"], AGENCIES[OTHER], self.label_of(OTHER)),
        )
        enter_changes(c, self.label_of(OTHER), ROOT_IDS)

    def label_of(self, owner: str) -> int:
        return next(n for n, t in self.labels.items() if t.owner == owner)

    def _enter_sessions(self, c: psycopg.Connection) -> None:
        rows = []
        for a in self.accounts:
            columns = {**AT_WORK, **STATES[a.state][1]}
            if a.state != "signed out":
                rows.append(
                    f"(sha256('{a.token}'), 'SES-{a.number}', {a.number}, 'page', "
                    f"{columns['purpose']}, now(), {columns['seen_at']}, interval '5 hours', "
                    f"{columns['expires_at']})"
                )
        c.execute(
            "insert into sec.session (token_hash, reference, person_id, kind, purpose, opened_at, "
            "seen_at, idle, expires_at) values " + ", ".join(rows)
        )
        c.execute(
            "insert into sec.context select id, agency_id, 0, false, 'infinity', '{}', '{}', "
            "false, '{}', '{}', '{}' from accounts_person where id >= 5000"
        )
        c.execute("select sec.rebuild()")
        # An errand for each, and a finished one for the last rule of the worker.
        for more, finished in ((0, "null"), (100_000, "now()")):
            c.execute(
                "insert into accounts_errand (id, person_id, kind, arguments, asked_at, "
                "finished_at, done, doing, failed, attempts, in_vain) "
                f"select id + {more}, id, 'world', '{{}}', now(), {finished}, 0, '', '', 0, 0 "
                "from accounts_person where id >= 5000"
            )

    def errand_of(self, account: Account) -> Somebody:
        """Whom the worker acts for: the same person, whatever has become of the session."""
        return replace(account.who, troubles=account.who.troubles - SESSION_ONLY)


@contextmanager
def a_world(suffix: str) -> Iterator[World]:
    name = f"lk_world_{suffix}_{plugin.NAME}"
    with plugin.superuser() as connection:
        # The template of this very schema, or the newest if a source was saved since it was made.
        (template,) = connection.execute(
            "select datname from pg_database where datname like 'lk_template_%%' "
            "order by datname = %s desc, oid desc limit 1",
            (f"lk_template_{plugin.schema_digest()}",),
        ).fetchone()
        connection.execute(f"create database {name} template {template} owner lk_owner")
    try:
        world = World(name)
        world.enter()
        yield world
    finally:
        with plugin.superuser() as connection:
            connection.execute(f"drop database if exists {name} with (force)")
